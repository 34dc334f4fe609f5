//! A session as a conversation.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use crate::frame::{Crumb, Frame, Section};
use crate::model::SessionView;
use crate::reads::groups::{GroupRead, SessionPlace};
use crate::reads::{Read, Reply};
use crate::server_fns::paths;
use crate::session_view::head::head;
use crate::session_view::keys;
use crate::session_view::outline::outline;
use crate::session_view::thumbs::Thumb;
use crate::session_view::turn::TurnView;
use crate::text::number;
use crate::url_state::{experiment_href, query, session_path};
use crate::widgets::post_form::Act;

/// `/sessions/{session}`, with `?experiment=&at=&after=&before=&steps=`.
#[component]
pub fn SessionPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let text = move |key: &'static str| query.with(|query| query.get(key).unwrap_or_default());
    let session = move || params.with(|params| params.get("session").unwrap_or_default());
    let place = move || SessionPlace {
        experiment: text("experiment"),
        at: text("at"),
        after: text("after"),
        before: text("before"),
    };
    let comment = Act::new(paths::RATE_SESSION).kept();
    let question = move || {
        Read::Group(GroupRead::Session {
            session: session(),
            place: place(),
            acts: comment.done.get(),
        })
    };
    let draw = move |reply: Reply| {
        let unfolded = untrack(move || text("steps"));
        Ok(page(reply.open()?, untrack(place), unfolded, comment))
    };
    keys::listen();
    answered("Session", Signal::derive(question), draw)
}

fn page(view: SessionView, place: SessionPlace, unfolded: String, comment: Act) -> AnyView {
    let experiment = view.experiment.clone();
    let section = |name| experiment_href(experiment.id, name);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), section("traces")),
        Crumb::link("Sessions", section("sessions")),
        Crumb::here(number::short_id(&view.session)),
    ];
    let path = session_path(&view.session);
    let of = experiment.id.to_string();
    let at = |key: &str, turn: &str| query(&path, &[("experiment", &of), (key, turn)]);
    let unfold = |trace: &str| {
        let SessionPlace {
            at, after, before, ..
        } = &place;
        let parameters = [
            ("experiment", of.as_str()),
            ("at", at),
            ("after", after),
            ("before", before),
            ("steps", trace),
        ];
        query(&path, &parameters)
    };
    let earlier = view.turns.first().filter(|_| view.has_earlier).map(|turn| {
        let (first, before) = (at("", ""), at("before", &turn.trace_id));
        view! {
            <nav class="session__more" aria-label="Earlier turns">
                <a class="button" rel="first" href=first>"« First turns"</a>
                <a class="button" rel="prev" href=before>"‹ Earlier turns"</a>
            </nav>
        }
    });
    let later = view.turns.last().filter(|_| view.has_later).map(|turn| {
        let (after, last) = (at("after", &turn.trace_id), at("before", "end"));
        view! {
            <nav class="session__more" aria-label="Later turns">
                <a class="button" rel="next" href=after>"Later turns ›"</a>
                <a class="button" rel="last" href=last>"Last turns »"</a>
            </nav>
        }
    });
    let whole = Thumb::new(paths::RATE_SESSION, view.own_thumb);
    let head = head(&view, whole, comment);
    let first_number = view.first_number;
    let turns: Vec<_> = view
        .turns
        .into_iter()
        .map(|turn| {
            let thumb = Thumb::new(paths::RATE_TURN, turn.own_thumb);
            (turn, thumb)
        })
        .collect();
    let outline = outline(&turns, first_number);
    let turns = turns
        .into_iter()
        .enumerate()
        .map(|(index, (turn, thumb))| {
            let unfold = unfold(&turn.trace_id);
            let is_unfolded = turn.trace_id == unfolded;
            view! {
                <TurnView
                    turn=turn
                    thumb=thumb
                    number=first_number + index as u64
                    unfold=unfold
                    is_unfolded=is_unfolded
                />
            }
        })
        .collect_view();
    view! {
        <Frame experiment=Some(experiment) section=Section::Sessions crumbs=crumbs>
            <div class="page session">
                {head}
                <div class="session__body">
                    {outline}
                    <div class="session__turns">
                        {earlier}
                        {turns}
                        {later}
                    </div>
                </div>
            </div>
        </Frame>
    }
    .into_any()
}
