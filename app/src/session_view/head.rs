//! Above the conversation: what the session comes to, and what is said of it as a whole.

use leptos::prelude::*;

use super::thumbs::{Thumb, Thumbs};
use crate::model::SessionView;
use crate::pages::trace_list::count_text;
use crate::text::lapse::millis_words;
use crate::text::number;
use crate::trace_list::row::feedback_chip;
use crate::url_state::{experiment_href, query, user_href};
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::key_figure::key_figure;
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::time::{Time, TimeStyle};

/// Title, figures and the rating of the whole session.
pub fn head(view: &SessionView, thumb: Thumb, comment: Act) -> AnyView {
    let sums = view.sums.clone();
    let id = view.experiment.id;
    let traces = query(
        &experiment_href(id, "traces"),
        &[("session", &view.session)],
    );
    let errors = match sums.errors {
        0 => "0".to_owned(),
        errors => format!(
            "{} ({})",
            number::grouped(errors),
            number::share(errors, view.count.value)
        ),
    };
    let user = view.user.clone().map(|user| {
        let href = user_href(id, &user);
        key_figure("User", view! { <a href=href>{user}</a> }.into_any())
    });
    let chips = view
        .feedback
        .iter()
        .cloned()
        .map(feedback_chip)
        .collect_view();
    let fields = vec![
        ("experiment_id", id.to_string()),
        ("session", view.session.clone()),
    ];
    view! {
        <header class="session__head">
            <div class="page__head">
                <h1 class="session__title">{view.session.clone()}</h1>
                <CopyButton text=view.session.clone() what="session id"/>
                <a class="session__traces" href=traces>"As a list of traces"</a>
            </div>
            <dl class="key-figures">
                {user}
                {key_figure("Turns", count_text(view.count).into_any())}
                {key_figure("Began", view! { <Time millis=view.first_ms style=TimeStyle::Full/> }.into_any())}
                {key_figure("From first to last", millis_words(sums.span_ms).into_any())}
                {sums.busy_ms.map(|busy| key_figure("Busy", millis_words(busy).into_any()))}
                {key_figure("Failed", view! { <span data-tone=(sums.errors > 0).then_some("error")>{errors}</span> }.into_any())}
                {sums.tokens.map(|tokens| {
                    let exact = number::grouped(tokens.unsigned_abs());
                    key_figure("Tokens", view! { <span title=exact>{number::short(tokens)}</span> }.into_any())
                })}
                {key_figure("Cost", sums.cost.map_or("—".to_owned(), number::dollars).into_any())}
            </dl>
            {sums.counted.map(|counted| view! { <p class="quiet">{format!("Figures of the {counted} turns.")}</p> })}
            <div class="session__rating">
                <span class="session__rating-label">"The whole session"</span>
                <Thumbs thumb=thumb what="the whole session".to_owned() fields=fields.clone()/>
                {comment_form(view, thumb, comment, fields)}
                {chips}
            </div>
        </header>
    }
    .into_any()
}

/// A comment goes with a thumb: it says why.
fn comment_form(
    view: &SessionView,
    thumb: Thumb,
    act: Act,
    fields: Vec<(&'static str, String)>,
) -> AnyView {
    let said = view.own_comment.clone();
    let has_comment = !said.is_empty();
    let in_field = said.clone();
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let choice = move |value: &'static str, is_up: bool, label: &'static str| {
        let is_chosen = move || thumb.shown() == Some(is_up);
        view! {
            <label class="session__choice">
                <input type="radio" name="thumb" value=value required checked=is_chosen prop:checked=is_chosen/>
                {label}
            </label>
        }
    };
    let problem = move || act.problem.get();
    view! {
        <details class="session__comment">
            <summary class="button" data-size="small">
                <Icon name=IconName::Comment/>
                {if has_comment { "Edit comment" } else { "Comment" }}
            </summary>
            <div class="popover">
                <PostForm act=act>
                    {fields}
                    <fieldset class="session__choices">
                        <legend class="popover__label">"Was it a good session?"</legend>
                        {choice("up", true, "Yes")}
                        {choice("down", false, "No")}
                    </fieldset>
                    <label class="popover__label">
                        "Why"
                        <textarea class="input" name="comment" rows="4" maxlength="10000" dir="auto">{in_field}</textarea>
                    </label>
                    <button class="button" data-weight="main">"Save"</button>
                </PostForm>
            </div>
        </details>
        <span class="field-problem" role="status">{problem}</span>
        {has_comment.then(|| view! { <p class="session__said" dir="auto">{said}</p> })}
    }
    .into_any()
}
