//! Real values for the completion of filters: asked for once a field, when the caret has stood there for a moment.

use domain::filter::complete::ValueSource;
use leptos::prelude::*;

use super::beside::{Beside, Listed};
use crate::model::{FacetGroup, FacetPanel};

/// Values by the key of their facet.
pub type Known = RwSignal<Vec<FacetGroup>>;

/// The facet that has the values of a place in a filter.
pub fn facet_of(source: &ValueSource) -> Option<String> {
    Some(match source {
        ValueSource::TraceNames => "name".to_owned(),
        ValueSource::Users => "user".to_owned(),
        ValueSource::Sessions => "session".to_owned(),
        ValueSource::Models => "model".to_owned(),
        ValueSource::Runs => "run".to_owned(),
        ValueSource::SpanTypes => "span_type".to_owned(),
        ValueSource::SpanNames => "span_names".to_owned(),
        ValueSource::TagKeys => "tag_keys".to_owned(),
        ValueSource::TagValues(key) => format!("tag:{key}"),
        ValueSource::FeedbackNames => "feedback_names".to_owned(),
        ValueSource::FeedbackValues(name) => format!("feedback:{name}"),
        _ => return None,
    })
}

/// Asks for the values of the facet that is wanted, if they are not known.
pub fn fetch(wanted: Memo<Option<String>>) -> Known {
    let known = RwSignal::new(Vec::new());
    let place = use_context::<Beside>().zip(use_context::<Listed>());
    let Some((beside, listed)) = place else {
        return known;
    };
    let is_known = move |key: &str| {
        known.with_untracked(|known: &Vec<FacetGroup>| known.iter().any(|group| group.key == key))
    };
    Effect::new(move |_| {
        if let Some(key) = wanted.get().filter(|key| !is_known(key)) {
            ask(beside, listed.experiment, key, wanted);
        }
    });
    Effect::new(move |_| {
        let reply = beside.values.reply.get();
        if let Some(found) = reply.and_then(|reply| reply.open::<FacetPanel>().ok()) {
            for group in found.groups {
                if !is_known(&group.key) {
                    known.update(|known| known.push(group));
                }
            }
        }
    });
    known
}

fn ask(beside: Beside, experiment: i64, key: String, wanted: Memo<Option<String>>) {
    #[cfg(feature = "hydrate")]
    crate::browser::after(std::time::Duration::from_millis(120), move || {
        let is_wanted = wanted.try_get_untracked().flatten().as_ref() == Some(&key);
        if is_wanted {
            beside
                .values
                .ask(crate::reads::beside::BesideRead::Values { experiment, key });
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (beside, experiment, key, wanted);
}
