//! Rating a message: the act at each message that a span produced, what was said of it, and the form, one for the whole conversation.

use leptos::prelude::*;

use super::words::pin_button;
use crate::trace_list::row::feedback_chip;
#[cfg(feature = "hydrate")]
use crate::trace_view::rates::Target;
use crate::trace_view::rates::{Rates, Voice};
use crate::trace_view::rating::MessageRating;
use crate::trace_view::tree_state::TreeState;
use crate::url_state::query;
use crate::widgets::icon::{Icon, IconName};

/// The element that the form unfolds in.
const FORM: &str = "rate-message";
/// The most voices at a message.
const VOICES: usize = 4;

/// The act: with script it opens the form, without it leads to the form in the panel of the span.
///
/// It does nothing by itself. A conversation may have thousands: [`pressed`] listens for all of them.
pub fn rate_act(tree: TreeState, span: &str, words: &'static str) -> Option<AnyView> {
    tree.rates?;
    let href = query("", &[("span", span), ("tab", "feedback"), ("view", "chat")]);
    let link = view! {
        <a class="icon-button chat__rate" href=href data-rate=span.to_owned() title=words aria-label=words>
            <Icon name=IconName::Star/>
        </a>
    };
    Some(link.into_any())
}

/// What was said of the span that a message came from.
pub fn said_of(tree: TreeState, span: &str) -> Option<AnyView> {
    let rates = tree.rates?;
    let span = span.to_owned();
    let said = move || {
        let voices = rates.said.with(|said| said.get(&span).cloned());
        voices.map(|voices| drawn(voices, &span))
    };
    Some(said.into_any())
}

fn drawn(voices: Vec<Voice>, span: &str) -> AnyView {
    let more = voices.len().saturating_sub(VOICES);
    let more = (more > 0).then(|| {
        let href = query("", &[("span", span), ("tab", "feedback"), ("view", "chat")]);
        view! { <li><a href=href data-noscroll="true">{format!("{more} more under Feedback")}</a></li> }
    });
    let lines = voices.into_iter().take(VOICES).map(|voice| {
        let chips = voice.chips.into_iter().map(feedback_chip).collect_view();
        let words = voice.words.into_iter().map(|words| {
            view! { <span class="chat__said-words" dir="auto">{words}</span> }
        });
        let quote = voice.passage.map(|passage| {
            view! { <q class="chat__said-quote" dir="auto">{passage.quote}</q> }
        });
        view! { <li>{quote} {chips} <span class="chat__said-who">{voice.author}</span> {words.collect_view()}</li> }
    });
    view! { <ul class="chat__said" aria-label="Feedback">{lines.collect_view()} {more}</ul> }
        .into_any()
}

/// The form, filled for the message that was asked for last.
pub fn form(rates: Rates) -> AnyView {
    let title = move || {
        rates
            .target
            .with(|target| target.as_ref().map(|target| target.title.clone()))
    };
    view! {
        <div
            id=FORM
            class="popover rate-message"
            popover="auto"
            tabindex="-1"
            role="dialog"
            aria-labelledby="rate-message-title"
        >
            <div class="rate-message__head">
                <h2 id="rate-message-title">{title}</h2>
                <button
                    type="button"
                    class="icon-button"
                    popovertarget=FORM
                    popovertargetaction="hide"
                    title="Close (Esc)"
                    aria-label="Close"
                >
                    <Icon name=IconName::Cross/>
                </button>
            </div>
            <For
                each=move || rates.target.get()
                key=|target| (target.span_id.clone(), target.passage.clone())
                children=move |target| view! { <MessageRating notes=rates.notes span_id=target.span_id passage=target.passage/> }
            />
        </div>
        {pin_button(rates, FORM)}
    }
    .into_any()
}

/// Opens the form if the press was on the act of a message.
pub fn pressed(rates: Rates, event: &leptos::ev::MouseEvent) {
    #[cfg(feature = "hydrate")]
    {
        use crate::browser::{next_frame, popover};
        // A tab of its own and the like are the link's business.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        let Some(act) = popover::around(event, "[data-rate]") else {
            return;
        };
        event.prevent_default();
        let attribute = |name: &str| act.get_attribute(name).unwrap_or_default();
        rates.target.set(Some(Target {
            span_id: attribute("data-rate"),
            passage: None,
            title: attribute("aria-label"),
        }));
        // The form is filled by then.
        next_frame(move || popover::show_at(FORM, &act));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (rates, event);
}
