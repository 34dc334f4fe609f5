//! A call of a model: what is new in its prompt, and its answer.

use leptos::prelude::*;

use super::card::card;
use super::rate::{rate_act, said_of};
use crate::model::{CallView, CutText, NewsView, PartView, SaidPart, SaidView};
use crate::text::number;
use crate::trace_view::chat::{part_view, role_label};
use crate::trace_view::tree_state::TreeState;
use crate::trace_view::values::BlobPlace;
use crate::widgets::copy::CopyButton;
use crate::widgets::long_text::LongText;
use crate::widgets::markdown::Markdown;

/// What changed against the call before, e.g. `+3 messages, 1,240 → 1,611 tokens, 61 % cached`.
pub fn words(call: &CallView) -> String {
    let (kept, added, rewritten) = call.counts;
    let mut words = Vec::new();
    if call.continues {
        words.push(format!(
            "+{}",
            number::counted(u64::from(added), "message", "messages")
        ));
    } else if kept == 0 && added > 0 {
        words.push(number::counted(u64::from(added), "message", "messages"));
    } else if added > 0 {
        words.push(format!(
            "{}, the rules as before",
            number::counted(u64::from(added), "message", "messages")
        ));
    }
    if rewritten > 0 {
        words.push(format!("{rewritten} rewritten"));
    }
    if !call.dropped.is_empty() {
        words.push(format!("{} dropped", call.dropped.len()));
    }
    let grouped = |count: i64| number::grouped(count.max(0).unsigned_abs());
    match (call.tokens_before, call.tokens) {
        (Some(before), Some((now, _))) => {
            words.push(format!("{} → {} tokens", grouped(before), grouped(now)));
        }
        (None, Some((now, _))) => words.push(format!("{} tokens", grouped(now))),
        _ => {}
    }
    if let (Some(cached), Some((now, _))) = (call.cached, call.tokens)
        && cached > 0
        && now > 0
    {
        words.push(format!(
            "{} cached",
            number::share(cached.unsigned_abs(), now.unsigned_abs())
        ));
    }
    words.join(", ")
}

/// Model unless the step's name says it, change of the context, tokens out and cost.
pub fn facts(call: &CallView, name: &str) -> AnyView {
    let out = call
        .tokens
        .map(|(_, out)| format!("{} out", number::grouped(out.max(0).unsigned_abs())));
    let model = call
        .model
        .clone()
        .filter(|model| !name.contains(model.as_str()))
        .map(|model| view! { <span>{model}</span> });
    let cost = call
        .cost
        .map(|cost| view! { <span class="figures">{number::dollars(cost)}</span> });
    let change = words(call);
    let change = (!change.is_empty()).then(|| view! { <span class="story__delta figures" title="The prompt, against the call before">{change}</span> });
    view! {
        {model}
        {change}
        {out.map(|out| view! { <span class="figures">{out}</span> })}
        {cost}
    }
    .into_any()
}

/// Whether the call has an answer.
pub fn has_answer(call: &CallView) -> bool {
    let mut said = call.said.iter();
    said.any(|said| said.news == NewsView::Answer)
}

/// What was said in the call of a span.
pub fn said(tree: TreeState, call: CallView, span: &str, files: &[BlobPlace; 2]) -> AnyView {
    let dropped = (!call.dropped.is_empty()).then(|| {
        let lines = call.dropped.into_iter().map(|(role, beginning)| {
            view! { <li><span class="chat__speaker">{role_label(&role)}</span> " " <span dir="auto">{beginning}</span></li> }
        });
        view! {
            <details class="story__dropped">
                <summary>"No longer in the prompt"</summary>
                <ul>{lines.collect_view()}</ul>
            </details>
        }
    });
    let mut answers = call
        .said
        .iter()
        .filter(|said| said.news == NewsView::Answer);
    if let (Some(rates), Some(answer), None) = (tree.rates, answers.next(), answers.next()) {
        let texts = texts_of(&answer.parts).map(str::to_owned).collect();
        rates.texts.update_value(|kept| {
            kept.insert(span.to_owned(), texts);
        });
    }
    let messages: Vec<AnyView> = call
        .said
        .into_iter()
        .map(|said| {
            // What went in was said elsewhere.
            let is_answer = said.news == NewsView::Answer;
            message(tree, said, is_answer.then_some(span), files)
        })
        .collect();
    view! { {dropped} <div class="chat">{messages}</div> }.into_any()
}

/// `span` is the one that said it, if that can be rated here. `files` is where the images of the prompt are, and those of the answer.
fn message(tree: TreeState, said: SaidView, span: Option<&str>, files: &[BlobPlace; 2]) -> AnyView {
    let SaidView {
        role,
        name,
        news,
        share,
        parts,
    } = said;
    let word = role_label(&role);
    let speaker = match name {
        Some(name) if !name.is_empty() && name != word => format!("{word} · {name}"),
        _ => word,
    };
    let text = text_of(&parts);
    let is_raw = RwSignal::new(false);
    let raw = (!text.is_empty()).then(|| {
        view! {
            <button
                type="button"
                class="chat__act needs-script"
                title="The text as it was written"
                aria-pressed=move || is_raw.get().to_string()
                on:click=move |_| is_raw.update(|is_raw| *is_raw = !*is_raw)
            >
                "Raw"
            </button>
        }
    });
    let copy = (!text.is_empty()).then(|| view! { <CopyButton text=text.clone() what="message"/> });
    let mark = match news {
        NewsView::Rewritten => Some("rewritten"),
        NewsView::Kept => Some("as before"),
        NewsView::New | NewsView::Answer => None,
    };
    let share = share
        .filter(|_| tree.is_prompt_whole.get_untracked())
        .map(|share| {
            let words = match share * 100.0 {
                percent if percent < 1.0 => "< 1 % of the prompt".to_owned(),
                percent => format!("{percent:.0} % of the prompt"),
            };
            view! { <span class="figures" title="By length">{words}</span> }
        });
    let head = view! {
        <span class="chat__who">{speaker}</span>
        {mark.map(|mark| view! { <span class="chip">{mark}</span> })}
        {share}
    };
    let act = span.and_then(|span| rate_act(tree, span, "Rate this message"));
    let voices = span.and_then(|span| said_of(tree, span));
    let is_rateable = act.as_ref().map(|_| "true");
    let raw_text = StoredValue::new(text);
    let files = &files[usize::from(news == NewsView::Answer)];
    let drawn: Vec<AnyView> = parts
        .into_iter()
        .map(|part| piece(tree, part, is_raw, files))
        .collect();
    let body = view! {
        <div class="chat__acts">{raw}{copy}{act}</div>
        {move || is_raw.get().then(|| view! { <LongText text=raw_text.get_value() face="code"/> })}
        {drawn}
        {voices}
    };
    let news = match news {
        NewsView::Kept => "kept",
        NewsView::New => "new",
        NewsView::Rewritten => "rewritten",
        NewsView::Answer => "answer",
    };
    // Rules, and what was read before, are there for who wants them.
    if role == "system" || news == "kept" {
        return view! {
            <details class="chat__message" data-role=role data-news=news>
                <summary class="chat__speaker">{head}</summary>
                {body}
            </details>
        }
        .into_any();
    }
    view! {
        <div
            class="chat__message"
            data-role=role
            data-news=news
            data-rates=is_rateable
            tabindex=is_rateable.map(|_| "-1")
        >
            <p class="chat__speaker">{head}</p>
            {body}
        </div>
    }
    .into_any()
}

fn piece(tree: TreeState, part: SaidPart, is_raw: RwSignal<bool>, files: &BlobPlace) -> AnyView {
    match part {
        SaidPart::Card(found) => card(tree, found),
        SaidPart::Part(PartView::Text(text)) => view! {
            <div data-words="" hidden=move || is_raw.get()><Markdown text=text/></div>
        }
        .into_any(),
        SaidPart::Part(other) => part_view(other, files),
    }
}

/// What was said in words.
fn text_of(parts: &[SaidPart]) -> String {
    texts_of(parts).collect::<Vec<_>>().join("\n\n")
}

fn texts_of(parts: &[SaidPart]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        SaidPart::Part(PartView::Text(CutText { text, .. })) => Some(text.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_change_of_the_context_is_told_in_a_line() {
        let call = CallView {
            model: None,
            continues: true,
            counts: (5, 3, 0),
            dropped: Vec::new(),
            tokens: Some((1_611, 20)),
            tokens_before: Some(1_240),
            cached: Some(983),
            cost: None,
            said: Vec::new(),
        };
        assert_eq!(
            words(&call),
            "+3 messages, 1,240 → 1,611 tokens, 61.0 % cached"
        );
        let first = CallView {
            continues: false,
            counts: (0, 2, 0),
            tokens_before: None,
            cached: None,
            ..call.clone()
        };
        assert_eq!(words(&first), "2 messages, 1,611 tokens");
        let changed = CallView {
            counts: (1, 1, 1),
            dropped: vec![("user".to_owned(), "hello".to_owned())],
            tokens: None,
            ..call
        };
        assert_eq!(words(&changed), "+1 message, 1 rewritten, 1 dropped");
    }
}
