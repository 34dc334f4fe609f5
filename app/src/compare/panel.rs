//! The chosen step: its texts in two traces, word by word.

use leptos::prelude::*;

use super::address::{CompareState, LETTERS, Style};
use super::table::letter;
use crate::model::{HunkView, PartDiff, StepDiff};
use crate::widgets::badge::KindIcon;
use crate::widgets::icon::{Icon, IconName};

/// Longer runs of equal lines are folded but for this many at their ends.
const CONTEXT: usize = 3;

/// The panel's content. The style is a signal so that `d` needs no server.
pub fn step_panel(diff: &StepDiff, state: &CompareState, style: Signal<Style>) -> AnyView {
    let name = match diff.name.as_str() {
        "" => "(no name)".to_owned(),
        name => name.to_owned(),
    };
    let parts = diff
        .parts
        .iter()
        .map(|part| part_view(part, style))
        .collect_view();
    let is_empty = diff.parts.is_empty();
    let sides = match (diff.left, diff.right) {
        (Some(left), Some(right)) => {
            let (left, right) = (usize::from(left), usize::from(right));
            view! {
                <span class="compare-sides">
                    {letter(left)} <span aria-hidden="true">"→"</span> <span class="visually-hidden">"to"</span> {letter(right)}
                </span>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    let others = with_links(diff, state);
    view! {
        <header class="compare-panel__head">
            <KindIcon kind=diff.span_type.clone()/>
            <h2 dir="auto">{name}</h2>
            {sides}
            {others}
        </header>
        {is_empty.then(|| view! { <p class="quiet compare-panel__none">"This step carries no input and no output."</p> })}
        {parts}
    }
    .into_any()
}

/// With more than two traces: which of them the first is compared with.
fn with_links(diff: &StepDiff, state: &CompareState) -> Option<AnyView> {
    if state.traces.len() < 3 {
        return None;
    }
    let left = diff.left.map(usize::from);
    let right = diff.right.map(usize::from);
    let links = (1..state.traces.len()).map(|at| {
        let href = CompareState {
            with: LETTERS[at].to_owned(),
            ..state.clone()
        }
        .href();
        let is_here = right == Some(at) || left == Some(at);
        let letter = LETTERS[at].to_uppercase();
        let differs = diff.differing.contains(&(at as u8));
        let title = match differs {
            true => format!("The step differs in {letter}"),
            false => format!("The step is the same in {letter}"),
        };
        view! {
            <a class="segmented__choice" href=href title=title aria-current=is_here.then_some("true") data-differs=differs.then_some("true")>
                {format!("with {letter}")}
                {differs.then(|| view! { <span class="compare-differs"><Icon name=IconName::Edit/><span class="visually-hidden">", differs"</span></span> })}
            </a>
        }
    });
    let links = links.collect_view();
    Some(view! { <nav class="segmented" aria-label="Compared with">{links}</nav> }.into_any())
}

fn part_view(part: &PartDiff, style: Signal<Style>) -> AnyView {
    let hunks = StoredValue::new(part.hunks.clone());
    let is_same = part.is_same;
    let body = move || {
        hunks.with_value(|hunks| match style.get() {
            _ if is_same => inline(hunks),
            Style::Inline => inline(hunks),
            Style::Side => side_by_side(hunks),
        })
    };
    let word = if is_same { "same" } else { "changed" };
    let icon = if is_same {
        IconName::Check
    } else {
        IconName::Edit
    };
    let cut = part.is_cut.then(|| {
        view! { <p class="quiet">"Only the first 128 KB are compared."</p> }
    });
    view! {
        <details class="compare-part" open=!is_same data-same=is_same.then_some("true")>
            <summary class="compare-part__head">
                <Icon name=IconName::Chevron/>
                <span class="compare-part__name">{part.name.clone()}</span>
                <span class="compare-part__mark"><Icon name=icon/>{word}</span>
            </summary>
            {cut}
            <div class="compare-part__text" role="region" aria-label=part.name.clone() tabindex="0">{body}</div>
        </details>
    }
    .into_any()
}

fn inline(hunks: &[HunkView]) -> AnyView {
    let views = hunks.iter().map(|hunk| {
        if hunk.is_changed {
            let pieces = hunk.pieces.iter().map(|(op, text)| piece(*op, text));
            view! { <div class="compare-lines" data-changed="true" dir="auto">{pieces.collect_view()}</div> }
                .into_any()
        } else {
            same_lines(hunk)
        }
    });
    views.collect_view().into_any()
}

/// Lines that are the same; the middle of many is folded.
fn same_lines(hunk: &HunkView) -> AnyView {
    let text = hunk.pieces.first().map_or("", |(_, text)| text.as_str());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let plain = |lines: &[&str]| {
        let text = lines.concat();
        (!text.is_empty()).then(|| view! { <div class="compare-lines" dir="auto">{text}</div> })
    };
    if lines.len() <= 2 * CONTEXT + 2 {
        return plain(&lines).into_any();
    }
    let (first, rest) = lines.split_at(CONTEXT);
    let (middle, last) = rest.split_at(rest.len() - CONTEXT);
    let count = middle.len();
    view! {
        {plain(first)}
        <details class="compare-fold">
            <summary>{format!("{count} equal lines")}</summary>
            {plain(middle)}
        </details>
        {plain(last)}
    }
    .into_any()
}

fn piece(op: u8, text: &str) -> AnyView {
    let text = text.to_owned();
    match op {
        1 => view! { <del>{text}</del> }.into_any(),
        2 => view! { <ins>{text}</ins> }.into_any(),
        _ => view! { <span>{text}</span> }.into_any(),
    }
}

fn side_by_side(hunks: &[HunkView]) -> AnyView {
    let views = hunks.iter().map(|hunk| {
        if !hunk.is_changed {
            return view! { <div class="compare-pair__whole">{same_lines(hunk)}</div> }.into_any();
        }
        let side = |wanted: u8| {
            let pieces = hunk
                .pieces
                .iter()
                .filter(|(op, _)| *op == 0 || *op == wanted);
            let pieces = pieces.map(|(op, text)| piece(*op, text)).collect_view();
            view! { <div class="compare-lines" data-changed="true" dir="auto">{pieces}</div> }
        };
        view! { {side(1)} {side(2)} }.into_any()
    });
    view! { <div class="compare-pair">{views.collect_view()}</div> }.into_any()
}
