//! One trace against the middle of many: facts, then steps by name.

use domain::time::human_duration;
use leptos::prelude::*;

use super::address::{CompareState, path};
use super::delta;
use super::table::{delta_view, trace_name};
use crate::address::at;
use crate::model::{UsualRow, UsualView};
use crate::text::number;
use crate::url_state::{query, segment, trace_href};
use crate::widgets::badge::{KindIcon, StateBadge};

/// The page's content.
pub fn set_view(view: UsualView, state: &CompareState) -> AnyView {
    let UsualView {
        trace,
        others,
        is_capped,
        problem,
        fields,
        rows,
    } = view;
    let count = number::counted(u64::from(others), "trace", "traces");
    let which = match (state.set.is_empty(), is_capped) {
        (true, false) => format!("{count} of {}", trace.experiment.name),
        (true, true) => format!("the newest {count} of {}", trace.experiment.name),
        (false, false) => format!("{count} with this filter"),
        (false, true) => format!("the newest {count} with this filter"),
    };
    let list = query(
        &at(&format!(
            "/experiments/{}/traces",
            segment(&state.experiment)
        )),
        &[("filter", &state.set)],
    );
    let facts = fields.iter().map(|field| {
        let value = |at: usize| match field.values.get(at).map_or("", String::as_str) {
            "" => "—".to_owned(),
            text => text.to_owned(),
        };
        let delta = field.deltas.get(1).cloned().unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{field.name.clone()}</th>
                <td>{value(1)}</td>
                <td>{value(0)}</td>
                <td>{delta_view(delta)}</td>
            </tr>
        }
    });
    let facts = facts.collect_view();
    let steps = rows.iter().map(|row| step_row(row, others)).collect_view();
    let is_empty = others == 0 && problem.is_empty();
    let body = if !problem.is_empty() {
        view! { <p class="problem" role="alert">{problem}</p> }.into_any()
    } else if is_empty {
        view! { <p class="quiet">"No other trace matches. Change the filter, or leave it empty for all traces of the experiment."</p> }
            .into_any()
    } else {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="The trace against the median">
                <table class="table compare-set">
                    <thead>
                        <tr>
                            <th scope="col">"Fact"</th>
                            <th scope="col">"This trace"</th>
                            <th scope="col">"Median"</th>
                            <th scope="col">"Difference"</th>
                        </tr>
                    </thead>
                    <tbody>{facts}</tbody>
                </table>
            </div>
            <h2>"Steps"</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Steps against the median">
                <table class="table compare-set">
                    <thead>
                        <tr>
                            <th scope="col">"Step"</th>
                            <th scope="col" data-column="more">"Calls"</th>
                            <th scope="col" data-column="more">"Usual calls"</th>
                            <th scope="col">"Time"</th>
                            <th scope="col">"Usual time"</th>
                            <th scope="col">"Difference"</th>
                            <th scope="col" data-column="more">"Tokens"</th>
                            <th scope="col" data-column="more">"Usual tokens"</th>
                            <th scope="col" data-column="more">"In traces"</th>
                        </tr>
                    </thead>
                    <tbody>{steps}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="page compare-page">
            <div class="page__head">
                <h1>"Compare with the usual"</h1>
                <span class="page__summary">{format!("against the median of {which}")}</span>
            </div>
            <p class="compare-set__trace">
                <StateBadge state=trace.state/>
                <a href=trace_href(&trace.id) title=trace.id.clone() dir="auto">{trace_name(&trace)}</a>
            </p>
            <form class="compare-set__form" method="get" action=path()>
                <input type="hidden" name="a" value=trace.id.clone()/>
                <input type="hidden" name="experiment" value=state.experiment.clone()/>
                <label for="set">"Traces that match"</label>
                <input class="input" id="set" name="set" value=state.set.clone() placeholder="all of the experiment" autocomplete="off" spellcheck="false"/>
                <button class="button" type="submit">"Compare"</button>
                <a class="button" href=list>"Show these traces"</a>
            </form>
            {body}
        </div>
    }
    .into_any()
}

/// A share of the others in whole percents.
fn percent(part: u32, whole: u32) -> String {
    let share = f64::from(part) * 100.0 / f64::from(whole.max(1));
    match share {
        share if part > 0 && share < 1.0 => "< 1 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

fn step_row(row: &UsualRow, others: u32) -> AnyView {
    let dash = || "—".to_owned();
    let count = |step: Option<(i64, i64, Option<i64>, i64)>| {
        step.map_or_else(dash, |(count, _, _, errors)| match errors {
            0 => count.to_string(),
            errors => format!(
                "{count} ({})",
                number::counted(errors.unsigned_abs(), "error", "errors")
            ),
        })
    };
    let time = |step: Option<(i64, i64, Option<i64>, i64)>| {
        step.map_or_else(dash, |step| human_duration(step.1))
    };
    let tokens = |step: Option<(i64, i64, Option<i64>, i64)>| {
        step.and_then(|step| step.2)
            .map_or_else(dash, number::short)
    };
    let difference = match (row.usual, row.here) {
        (Some(usual), Some(here)) => delta::duration(usual.1, here.1),
        (None, Some(_)) => "only here".to_owned(),
        _ => "not here".to_owned(),
    };
    view! {
        <tr data-absent=row.here.is_none().then_some("true")>
            <th scope="row">
                <span class="compare-set__step"><KindIcon kind=row.span_type.clone()/> <span dir="auto">{row.name.clone()}</span></span>
            </th>
            <td data-column="more">{count(row.here)}</td>
            <td data-column="more">{count(row.usual)}</td>
            <td>{time(row.here)}</td>
            <td>{time(row.usual)}</td>
            <td>{delta_view(difference)}</td>
            <td data-column="more">{tokens(row.here)}</td>
            <td data-column="more">{tokens(row.usual)}</td>
            <td data-column="more">{percent(row.traces, others)}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_whole_percents() {
        assert_eq!(percent(2, 3), "67 %");
        assert_eq!(percent(1, 500), "< 1 %");
        assert_eq!(percent(0, 500), "0 %");
        assert_eq!(percent(0, 0), "0 %");
    }
}
