//! Parts of the overview that keep nobody waiting: each is asked for by itself once the page is alive, says that it is on its way,
//! and can be tried again. Without script a link shows it.

use leptos::prelude::*;

use super::Ways;
use super::tables::{failures, tools};
use crate::error::AppError;
use crate::reads::overview::{OverviewRead, Part};
use crate::reads::{Read, Reply, awaited, later, load};
use crate::widgets::problem::Problem;

/// What a panel is about.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The experiment.
    pub experiment: i64,
    /// The address of the overview, without a question.
    pub path: String,
    /// The part that the address asks for, or empty.
    pub shown: String,
}

/// A part, or what stands in its place.
#[component]
pub fn Panel(
    /// Which part.
    part: Part,
    /// What it is about.
    asking: Asking,
    /// Which traces, and where lines lead.
    ways: Ways,
) -> impl IntoView {
    let attempt = RwSignal::new(0);
    let state = ways.state.first_page();
    let question = Signal::derive(move || {
        Read::Overview(OverviewRead::Part {
            part,
            experiment: asking.experiment,
            state: state.clone(),
            attempt: attempt.get(),
        })
    });
    let glue = ways.state.first_page().href(&asking.path);
    let glue = if glue.contains('?') { "&" } else { "?" };
    let href = ways.state.first_page().href(&asking.path) + glue + "part=" + name(part);
    let draw = move |reply: Reply| {
        content(part, reply, &ways).unwrap_or_else(|error| {
            let retry = move |()| attempt.update(|count| *count += 1);
            view! { <Problem error=error on_retry=retry/> }.into_any()
        })
    };
    let content = if asking.shown == name(part) {
        let (_, set_pending) = signal(false);
        awaited(load(question), on_its_way, set_pending, draw)
    } else {
        let reply = later(question);
        let content = move || match reply.get() {
            Some((read, reply)) if read == question.get() => draw(reply),
            _ => waiting(href.clone()),
        };
        view! { {content} }.into_any()
    };
    view! {
        <section class="overview__card overview__panel">
            <h2 class="overview__title">{title(part)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn title(part: Part) -> &'static str {
    match part {
        Part::Failures => "Errors",
        Part::Tools => "Tools",
    }
}

/// The part's name in the address.
fn name(part: Part) -> &'static str {
    match part {
        Part::Failures => "errors",
        Part::Tools => "tools",
    }
}

fn content(part: Part, reply: Reply, ways: &Ways) -> Result<AnyView, AppError> {
    Ok(match part {
        Part::Failures => failures(&reply.open()?, ways),
        Part::Tools => tools(&reply.open()?, ways),
    })
}

fn on_its_way() -> AnyView {
    let lines = (0..8).map(|_| view! { <div class="skeleton__line"></div> });
    view! {
        <div class="skeleton skeleton__rows overview__waiting" role="status" aria-label="Loading">{lines.collect_view()}</div>
    }
    .into_any()
}

fn waiting(href: String) -> AnyView {
    view! {
        {on_its_way()}
        <p class="overview__show"><a class="button" href=href>"Show"</a></p>
    }
    .into_any()
}
