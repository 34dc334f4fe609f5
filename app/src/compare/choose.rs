//! What to compare a trace with: earlier ones of its name, its session, the middle of all of its name, or a pasted id.

use domain::time::human_duration;
use leptos::prelude::*;

use super::address::{CompareState, path};
use super::table::trace_name;
use crate::model::{CompareChoices, TraceRow};
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::time::{Time, TimeStyle};

/// The page's content.
pub fn choose_view(choices: CompareChoices, state: &CompareState) -> AnyView {
    let CompareChoices {
        trace,
        same_name,
        attempts,
        session,
        name_filter,
    } = choices;
    let usual = CompareState {
        set: name_filter.clone(),
        experiment: trace.experiment.id.to_string(),
        ..state.clone()
    };
    let usual_text = match name_filter.as_str() {
        "" => "With the median of all traces of the experiment".to_owned(),
        _ => format!("With the median of all named {}", trace_name(&trace)),
    };
    let is_alone = same_name.is_empty() && session.is_empty() && attempts.is_empty();
    view! {
        <div class="page compare-page">
            <div class="page__head">
                <h1>"Compare with…"</h1>
            </div>
            <p class="compare-set__trace">
                <StateBadge state=trace.state/>
                <a href=trace_href(&trace.id) title=trace.id.clone() dir="auto">{trace_name(&trace)}</a>
                <Time millis=trace.time_ms style=TimeStyle::Full/>
            </p>
            <form class="compare-set__form" method="get" action=path()>
                <input type="hidden" name="a" value=trace.id.clone()/>
                <label for="other">"Trace id"</label>
                <input class="input" id="other" name="b" required placeholder="tr-…" autocomplete="off" spellcheck="false"/>
                <button class="button" type="submit" data-weight="main">"Compare"</button>
            </form>
            <p><a href=usual.href()>{usual_text}</a></p>
            {group("Other attempts", attempts, state)}
            {group("Traces of the same name", same_name, state)}
            {group("The same session", session, state)}
            {is_alone.then(|| view! { <p class="quiet">"There is no other trace of this name or session. Paste the id of any trace."</p> })}
        </div>
    }
    .into_any()
}

fn group(title: &'static str, rows: Vec<TraceRow>, state: &CompareState) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let items = rows.into_iter().map(|row| {
        let href = state.and(&row.trace_id).href();
        let took = row
            .duration_ms
            .map(|ms| human_duration(ms.saturating_mul(1_000_000)));
        let name = match row.name.as_str() {
            "" => crate::text::number::short_id(&row.trace_id),
            name => name.to_owned(),
        };
        view! {
            <li class="compare-choice">
                <StateBadge state=row.state/>
                <a href=href title=row.trace_id.clone() dir="auto">{name}</a>
                <Time millis=row.time_ms style=TimeStyle::Full/>
                <span class="figures">{took}</span>
                <span class="quiet compare-choice__text" dir="auto">{row.request.clone()}</span>
            </li>
        }
    });
    let items = items.collect_view();
    Some(
        view! {
            <section class="compare-choices">
                <h2>{title}</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any(),
    )
}
