//! Markdown, drawn piece by piece: no HTML is ever put together from a text.

use domain::markdown::{Block, Inline, parse};
use leptos::prelude::*;

use super::copy::CopyButton;
use super::long_text::LongText;
use crate::model::CutText;
use crate::text::number;

/// More of a text than this is not laid out as Markdown.
const MOST: usize = 64 * 1024;

/// A text as Markdown.
#[component]
pub fn Markdown(
    /// The text, or its first part.
    #[prop(into)]
    text: CutText,
) -> impl IntoView {
    if text.text.len() > MOST {
        return view! { <LongText text=text face="read"/> }.into_any();
    }
    let CutText { text, whole_bytes } = text;
    let note = whole_bytes.map(|bytes| {
        let words = format!("This is the beginning of {}.", number::bytes(bytes));
        view! { <p class="long-text__note">{words}</p> }
    });
    view! { <div class="markdown">{blocks(parse(&text))} {note}</div> }.into_any()
}

fn blocks(found: Vec<Block>) -> Vec<AnyView> {
    found.into_iter().map(block).collect()
}

fn block(found: Block) -> AnyView {
    match found {
        Block::Paragraph(inner) => view! { <p dir="auto">{inlines(inner)}</p> }.into_any(),
        // The page has headings of its own; those of a text are told by their look and level alone.
        Block::Heading(level, inner) => view! {
            <p class="markdown__heading" data-level=level.to_string() dir="auto">{inlines(inner)}</p>
        }
        .into_any(),
        Block::Code(language, text) => view! {
            <div class="markdown__code">
                <div class="markdown__code-head">
                    <span>{language}</span>
                    <CopyButton text=text.clone() what="code"/>
                </div>
                <pre tabindex="0"><code>{text}</code></pre>
            </div>
        }
        .into_any(),
        Block::Quote(inner) => view! { <blockquote>{blocks(inner)}</blockquote> }.into_any(),
        Block::Rule => view! { <hr/> }.into_any(),
        Block::List(number, items) => {
            let items = items.into_iter().map(|item| view! { <li>{blocks(item)}</li> });
            let items = items.collect_view();
            match number {
                Some(number) => view! { <ol start=number.to_string()>{items}</ol> }.into_any(),
                None => view! { <ul>{items}</ul> }.into_any(),
            }
        }
        Block::Table(head, rows) => {
            let head = head.into_iter().map(|cell| view! { <th scope="col" dir="auto">{inlines(cell)}</th> });
            let head = head.collect_view();
            let rows = rows.into_iter().map(|row| {
                let cells = row.into_iter().map(|cell| view! { <td dir="auto">{inlines(cell)}</td> });
                view! { <tr>{cells.collect_view()}</tr> }
            });
            let rows = rows.collect_view();
            view! {
                <div class="markdown__table" tabindex="0">
                    <table>
                        <thead><tr>{head}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    }
}

fn inlines(found: Vec<Inline>) -> Vec<AnyView> {
    found.into_iter().map(inline).collect()
}

fn inline(found: Inline) -> AnyView {
    match found {
        Inline::Text(text) => text.into_any(),
        Inline::Code(text) => view! { <code>{text}</code> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inlines(inner)}</strong> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{inlines(inner)}</em> }.into_any(),
        Inline::Struck(inner) => view! { <s>{inlines(inner)}</s> }.into_any(),
        Inline::Break => view! { <br/> }.into_any(),
        Inline::Link(address, inner) => view! {
            <a href=address target="_blank" rel="noopener noreferrer external">{inlines(inner)}</a>
        }
        .into_any(),
    }
}
