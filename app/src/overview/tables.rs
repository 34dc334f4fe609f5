//! The tables of the overview.

use leptos::prelude::*;

use super::Ways;
use crate::model::{FailureLine, Failures, OverviewLine, OverviewTable, ToolLine, Tools};
use crate::text::number;
use crate::text::time::took;
use crate::url_state::trace_href;

/// Traces by one of their values, as a card.
pub fn by_value(table: &OverviewTable, ways: &Ways) -> AnyView {
    let row = |line: &OverviewLine| {
        let p50 = line.p50_ms.and_then(|p50| i64::try_from(p50).ok());
        view! {
            <tr>
                {head(line.value.clone(), ways.having(&table.field, &line.value))}
                {cell(number::grouped(line.traces))}
                {cell(number::share(line.errors, line.traces))}
                {cell(or_dash(p50.map(took)))}
                {cell(or_dash(line.tokens.map(number::short)))}
                {cell(or_dash(line.cost.map(number::dollars)))}
            </tr>
        }
    };
    let rows = table.lines.iter().map(row).collect_view().into_any();
    let shown = table.lines.len() as u64;
    let note = (table.total > shown).then(|| {
        format!(
            "The {shown} with the most traces of {}.",
            number::grouped(table.total)
        )
    });
    let heads = ["Value", "Traces", "Failed", "Median", "Tokens", "Cost"];
    view! {
        <section class="overview__card">
            <h2 class="overview__title">{table.title.clone()}</h2>
            {lines(table.title.clone(), note, &heads, rows)}
        </section>
    }
    .into_any()
}

/// Why traces failed.
pub fn failures(found: &Failures, ways: &Ways) -> AnyView {
    if found.lines.is_empty() {
        return view! { <p class="quiet overview__note">"No trace failed."</p> }.into_any();
    }
    let row = |line: &FailureLine| {
        view! {
            <tr>
                {head(line.shape.clone(), Some(trace_href(&line.example)))}
                {cell(number::grouped(line.traces))}
            </tr>
        }
    };
    let rows = found.lines.iter().map(row).collect_view().into_any();
    let all = ways.narrowed("status = 'ERROR'");
    let note = format!(
        "Of the newest {}. Each leads to its newest trace.",
        number::counted(found.looked, "failed trace", "failed traces")
    );
    view! {
        {lines("Errors".to_owned(), Some(note), &["Message", "Traces"], rows)}
        <p class="overview__more"><a href=all>"All failed traces"</a></p>
    }
    .into_any()
}

/// Calls of tools.
pub fn tools(found: &Tools, ways: &Ways) -> AnyView {
    if found.lines.is_empty() {
        return view! { <p class="quiet overview__note">"No tool was called."</p> }.into_any();
    }
    let row = |line: &ToolLine| {
        view! {
            <tr>
                {head(line.name.clone(), ways.having("span.name", &line.name))}
                {cell(number::grouped(line.calls))}
                {cell(number::grouped(line.failed))}
                {cell(took(line.busy_ms))}
                {cell(took(i64::try_from(line.p90_ms).unwrap_or(i64::MAX)))}
            </tr>
        }
    };
    let rows = found.lines.iter().map(row).collect_view().into_any();
    let looked = found.looked.as_ref();
    let note = looked.map(|looked| format!("Of the {looked} traces."));
    let heads = ["Name", "Calls", "Failed", "Time", "p90"];
    lines("Tools".to_owned(), note, &heads, rows)
}

fn lines(name: String, note: Option<String>, heads: &[&'static str], rows: AnyView) -> AnyView {
    let heads = heads.iter().enumerate().map(|(place, head)| {
        let class = if place == 0 { "" } else { "table__number" };
        view! { <th scope="col" class=class>{*head}</th> }
    });
    let heads = heads.collect_view();
    view! {
        {note.map(|note| view! { <p class="quiet overview__note">{note}</p> })}
        <div class="table-scroll overview__scroll" tabindex="0" role="group" aria-label=name>
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The head of a line: a link if there is somewhere to go.
fn head(text: String, href: Option<String>) -> AnyView {
    let title = text.clone();
    match href {
        Some(href) => view! {
            <th scope="row" class="overview__value" title=title><a href=href>{text}</a></th>
        }
        .into_any(),
        None => {
            view! { <th scope="row" class="overview__value" title=title>{text}</th> }.into_any()
        }
    }
}

fn cell(text: String) -> AnyView {
    view! { <td class="table__number">{text}</td> }.into_any()
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "—".to_owned())
}
