//! Two runs side by side: what differs in parameters and metrics, and question by question in answers.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::answered::answered;
use super::trace_list::count_text;
use crate::address::at;
use crate::frame::{Crumb, Frame, Section};
use crate::model::{Differing, PAIR_PAGE, RunComparison, RunSide};
use crate::reads::groups::{CompareState, GroupRead};
use crate::reads::{Read, Reply};
use crate::run_compare::pair;
use crate::run_list::table::{failed_share, p50, rating_chips};
use crate::text::number;
use crate::url_state::{experiment_href, query, run_href};
use crate::widgets::badge::RunBadge;
use crate::widgets::page_links::PageLinks;

/// `/runs/compare`, with `?a=&b=&show=&page=`.
#[component]
pub fn CompareRunsPage() -> impl IntoView {
    let query = use_query_map();
    let text = move |key: &'static str| query.with(|query| query.get(key).unwrap_or_default());
    let state = move || CompareState {
        a: text("a"),
        b: text("b"),
        show: text("show"),
        page: text("page"),
    };
    let question = move || Read::Group(GroupRead::CompareRuns(state()));
    let draw = move |reply: Reply| Ok(page(reply.open()?, &untrack(state)));
    answered("Compare runs", Signal::derive(question), draw)
}

fn href(state: &CompareState, show: &str, page: u64) -> String {
    let page = if page <= 1 {
        String::new()
    } else {
        page.to_string()
    };
    let parameters = [
        ("a", state.a.as_str()),
        ("b", &state.b),
        ("show", show),
        ("page", &page),
    ];
    query(&at("/runs/compare"), &parameters)
}

fn page(view: RunComparison, state: &CompareState) -> AnyView {
    let RunComparison {
        experiment,
        sides,
        params,
        same_params,
        metrics,
        same_metrics,
        counts,
        pairs,
        total,
        others,
    } = view;
    let section = |name| experiment_href(experiment.id, name);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), section("traces")),
        Crumb::link("Runs", section("runs")),
        Crumb::here("Compare"),
    ];
    let is_complete = sides.len() == 2;
    let chooser = chooser(state, others);
    let swap = is_complete.then(|| {
        let swapped = CompareState {
            a: state.b.clone(),
            b: state.a.clone(),
            ..state.clone()
        };
        view! { <a class="button" href=href(&swapped, "", 1)>"Swap"</a> }
    });
    let content = if is_complete {
        let cut = sides.iter().any(|side| side.is_cut).then(|| {
            let most = number::grouped(sides.iter().map(|side| side.aligned).max().unwrap_or(0));
            view! { <p class="quiet">{format!("Only the newest {most} traces of a run are aligned.")}</p> }
        });
        view! {
            {figures(&sides)}
            <div class="run-compare__data">
                {differing("Parameters", params, same_params)}
                {differing("Metrics", metrics, same_metrics)}
            </div>
            <section class="run-compare__pairs">
                <h2>"Question by question"</h2>
                {cut}
                {choice(state, counts)}
                {pair::pairs(pairs)}
                {pager(state, total)}
            </section>
        }
        .into_any()
    } else {
        view! { <p class="quiet">"Choose a second run."</p> }.into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Runs crumbs=crumbs>
            <div class="page run-compare">
                <div class="page__head">
                    <h1>"Compare runs"</h1>
                    {swap}
                </div>
                {chooser}
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

/// The form that chooses the second run.
fn chooser(state: &CompareState, others: Vec<(String, String)>) -> AnyView {
    let second = state.b.clone();
    let is_listed = second.is_empty() || others.iter().any(|(id, _)| *id == second);
    let own = (!is_listed)
        .then(|| view! { <option value=second.clone() selected>{second.clone()}</option> });
    let options = others
        .into_iter()
        .map(|(id, name)| {
            let is_selected = id == second;
            let label = format!("{name} ({})", number::short_id(&id));
            view! { <option value=id selected=is_selected>{label}</option> }
        })
        .collect_view();
    view! {
        <form class="run-compare__form" method="get" action=at("/runs/compare")>
            <input type="hidden" name="a" value=state.a.clone()/>
            <label for="compare-with">"Compare with"</label>
            <select class="select" id="compare-with" name="b" required>{options} {own}</select>
            <button class="button">"Compare"</button>
        </form>
    }
    .into_any()
}

fn figures(sides: &[RunSide]) -> AnyView {
    let rows = sides.iter().zip(["A", "B"]).map(|(side, letter)| {
        let sums = &side.sums;
        view! {
            <tr>
                <th scope="row" class="run-compare__run">
                    <span class="run-compare__letter">{letter}</span>
                    <a href=run_href(&side.head.run_id)>{side.head.name.clone()}</a>
                </th>
                <td><RunBadge status=side.head.status/></td>
                <td class="table__number">{count_text(sums.traces)}</td>
                <td class="table__number" data-tone=(sums.errors > 0).then_some("error")>{failed_share(sums)}</td>
                <td class="table__number">{p50(sums)}</td>
                <td class="table__number">{sums.tokens.map_or("—".to_owned(), number::short)}</td>
                <td class="table__number">{sums.cost.map_or("—".to_owned(), number::dollars)}</td>
                <td class="run-list__ratings">{rating_chips(sums, 6)}</td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Figures">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Run"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="table__number">"Traces"</th>
                        <th scope="col" class="table__number">"Failed"</th>
                        <th scope="col" class="table__number">"Median"</th>
                        <th scope="col" class="table__number">"Tokens"</th>
                        <th scope="col" class="table__number">"Cost"</th>
                        <th scope="col">"Feedback, on average"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn differing(title: &'static str, rows: Vec<Differing>, same: u64) -> AnyView {
    if rows.is_empty() && same == 0 {
        return ().into_any();
    }
    let has_change = rows.iter().any(|row| row.change.is_some());
    let same = (same > 0).then(|| {
        let text = if rows.is_empty() {
            "All are the same."
        } else {
            "more are the same."
        };
        let count = (!rows.is_empty()).then(|| number::grouped(same));
        view! { <p class="quiet">{count} " " {text}</p> }
    });
    let has_rows = !rows.is_empty();
    let rows = rows
        .into_iter()
        .map(|row| {
            let value = |value: Option<String>| value.unwrap_or_else(|| "—".to_owned());
            view! {
                <tr>
                    <th scope="row" class="run__key">{row.key}</th>
                    <td class="run-compare__value">{value(row.a)}</td>
                    <td class="run-compare__value">{value(row.b)}</td>
                    {has_change.then(|| view! { <td class="table__number">{row.change.unwrap_or_default()}</td> })}
                </tr>
            }
        })
        .collect_view();
    let table = has_rows.then(|| {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"A"</th>
                            <th scope="col">"B"</th>
                            {has_change.then(|| view! { <th scope="col" class="table__number">"B − A"</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! { <section class="run__section"><h2>{title}</h2> {table} {same}</section> }.into_any()
}

/// Which questions are shown, with how many there are of each kind.
fn choice(state: &CompareState, counts: (u64, u64, u64, u64)) -> AnyView {
    let (same, differs, only_a, only_b) = counts;
    let all = same + differs + only_a + only_b;
    let choices = [
        ("", "All", all),
        ("differs", "Differing", differs),
        ("a", "Only in A", only_a),
        ("b", "Only in B", only_b),
    ];
    let links = choices.into_iter().map(|(show, label, count)| {
        let is_current = state.show == show;
        view! {
            <a class="tabs__tab" href=href(state, show, 1) aria-current=is_current.then_some("true")>
                {label} <span class="tabs__count">{number::grouped(count)}</span>
            </a>
        }
    });
    view! { <nav class="tabs" aria-label="Questions">{links.collect_view()}</nav> }.into_any()
}

fn pager(state: &CompareState, total: u64) -> AnyView {
    let last = total.div_ceil(PAIR_PAGE).max(1);
    let page = state.page.parse::<u64>().unwrap_or(1).max(1);
    if last == 1 {
        return ().into_any();
    }
    let words = format!("Page {page} of {last}");
    PageLinks::counted(words, page, last, |page| href(state, &state.show, page)).view()
}
