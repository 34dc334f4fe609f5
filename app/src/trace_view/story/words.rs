//! Feedback on words of a message: the button that stands beside chosen words, and marks on words that have feedback.

use domain::passage::Passage;
#[cfg(feature = "hydrate")]
use domain::passage::QUOTE;
#[cfg(any(feature = "hydrate", test))]
use domain::passage::places;
use leptos::prelude::*;

use crate::trace_view::rates::Rates;
#[cfg(feature = "hydrate")]
use crate::trace_view::rates::Target;

/// Words that were chosen, and where they end on the screen.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    span_id: String,
    passage: Passage,
    corner: (f64, f64),
}

/// The button for chosen words; `form` is the element that it opens.
pub fn pin_button(rates: Rates, form: &'static str) -> AnyView {
    let choice = RwSignal::new(None::<Choice>);
    #[cfg(feature = "hydrate")]
    {
        Effect::new(move |_| {
            crate::browser::words::on_choice(move || {
                let now = chosen(rates);
                if choice.try_with_untracked(|before| *before != now) == Some(true) {
                    choice.try_set(now);
                }
            });
        });
        Effect::new(move |_| {
            rates.said.track();
            mark(rates);
        });
        on_cleanup(|| crate::browser::words::mark(&[]));
    }
    let press = move |_| {
        #[cfg(feature = "hydrate")]
        if let Some(Choice {
            span_id, passage, ..
        }) = choice.get_untracked()
        {
            choice.set(None);
            rates.target.set(Some(Target {
                span_id: span_id.clone(),
                passage: Some(passage),
                title: "Rate these words".to_owned(),
            }));
            crate::browser::next_frame(move || {
                crate::browser::popover::show_at_act(form, &span_id);
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (rates, form);
    };
    let at = move |side: fn(&Choice) -> f64| {
        choice.with(|choice| {
            choice
                .as_ref()
                .map(|choice| format!("{:.0}px", side(choice)))
        })
    };
    view! {
        <button
            type="button"
            class="button story__pin"
            data-size="small"
            hidden=move || choice.with(Option::is_none)
            style=("--x", move || at(|choice| choice.corner.0))
            style=("--y", move || at(|choice| choice.corner.1))
            on:pointerdown=|event| event.prevent_default()
            on:mousedown=|event| event.prevent_default()
            on:click=press
        >
            "Pin feedback to these words"
        </button>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn chosen(rates: Rates) -> Option<Choice> {
    let chosen = crate::browser::words::chosen()?;
    let (start, end) = rates.texts.try_with_value(|texts| {
        let texts = texts.get(&chosen.span)?;
        located(texts, &chosen.words, chosen.number)
    })??;
    let quote = chosen.words.chars().take(QUOTE).collect();
    Some(Choice {
        span_id: chosen.span,
        passage: Passage { start, end, quote },
        corner: chosen.corner,
    })
}

/// Marks the words that have feedback, as far as their messages are drawn.
#[cfg(feature = "hydrate")]
pub fn mark(rates: Rates) {
    crate::browser::next_frame(move || {
        let Some(said) = rates.said.try_get_untracked() else {
            return;
        };
        let words = rates.texts.try_with_value(|texts| {
            let pinned = said.iter().flat_map(|(span, voices)| {
                let texts = texts.get(span).map(Vec::as_slice).unwrap_or_default();
                let passages = voices.iter().filter_map(|voice| voice.passage.as_ref());
                passages.filter_map(move |passage| {
                    let number = numbered(texts, passage)?;
                    Some((span.clone(), passage.quote.clone(), number))
                })
            });
            pinned.collect::<Vec<_>>()
        });
        crate::browser::words::mark(&words.unwrap_or_default());
    });
}

/// Where words stand in the text that has them, of all places over all texts the one with this number.
#[cfg(any(feature = "hydrate", test))]
fn located(texts: &[String], words: &str, number: usize) -> Option<(u32, u32)> {
    let mut found = texts.iter().flat_map(|text| places(text, words));
    found.nth(number)
}

/// The number back.
#[cfg(any(feature = "hydrate", test))]
fn numbered(texts: &[String], passage: &Passage) -> Option<usize> {
    let mut before = 0;
    for text in texts {
        let places = places(text, &passage.quote);
        let at = places.iter().position(|(start, _)| *start == passage.start);
        if let Some(at) = at {
            return Some(before + at);
        }
        before += places.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_on_the_screen_and_in_the_text() {
        let texts = ["the **one** and the one".to_owned(), "one".to_owned()];
        for (number, (start, end)) in [(0, (6, 9)), (1, (20, 23)), (2, (0, 3))] {
            assert_eq!(located(&texts, "one", number), Some((start, end)));
            let quote = "one".to_owned();
            let passage = Passage { start, end, quote };
            assert_eq!(numbered(&texts, &passage), Some(number));
        }
        assert_eq!(located(&texts, "one", 3), None);
    }
}
