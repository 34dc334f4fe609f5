//! An error is told once: where it arose, not at every step around that.

use crate::model::{StoryContent, StoryItem};

/// Whether a step's own card or a step within it tells the same error.
pub fn is_told_elsewhere(items: &[StoryItem], at: usize) -> bool {
    let item = &items[at];
    let Some(text) = item.failure.as_deref().filter(|text| !text.is_empty()) else {
        return false;
    };
    let own = match &item.content {
        StoryContent::Tool(card) => {
            let result = card.result.as_ref();
            card.is_error && result.is_some_and(|result| result.text.contains(text))
        }
        _ => false,
    };
    // Without an end all that follows may be within.
    let end = item
        .duration
        .map_or(i64::MAX, |duration| item.start.saturating_add(duration));
    let within = items[at + 1..].iter().filter(|other| other.start < end);
    own || within
        .filter_map(|other| other.failure.as_deref())
        .any(|other| other.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(start: i64, duration: i64, failure: Option<&str>) -> StoryItem {
        StoryItem {
            span_id: String::new(),
            name: String::new(),
            kind: String::new(),
            level: 0,
            start,
            duration: Some(duration),
            failure: failure.map(str::to_owned),
            content: StoryContent::Failure,
        }
    }

    #[test]
    fn an_error_is_told_where_it_arose() {
        let items = [
            item(0, 100, Some("no answer")),
            item(10, 20, Some("Timeout: no answer")),
            item(40, 20, Some("no answer")),
            item(70, 20, Some("")),
            item(95, 5, None),
        ];
        let told = |at| is_told_elsewhere(&items, at);
        assert!(told(0), "at a step within");
        assert!(!told(1), "the step after is not within");
        assert!(!told(2) && !told(3) && !told(4));
    }
}
