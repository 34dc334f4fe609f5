//! Counts which values the traces of a list have.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::FacetPanel;
use crate::url_state::ListState;
use crate::wire::Wire;

/// The facets of a list. A facet that the filter chooses values of is counted as if it did not, so that other values can be chosen.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter or the range cannot be read.
#[server(prefix = "/ui-api", endpoint = "facets", input = GetUrl, output = Wire)]
pub async fn list_facets(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
    /// Facets to list at length, one a line.
    #[server(default)]
    more: String,
    /// Only this facet, or all if empty.
    #[server(default)]
    only: String,
) -> Result<FacetPanel, AppError> {
    count::facets(experiment_id, state, &more, &only).await
}

#[cfg(feature = "ssr")]
mod count {
    use std::sync::Arc;

    use domain::stats::{Facet, FacetList, FacetQuery, Facets, StatsScope};
    use domain::store::Store;
    use domain::time::UnixMillis;

    use super::super::question;
    use crate::error::AppError;
    use crate::model::{ExperimentRef, FacetGroup, FacetPanel, is_public_tag};
    use crate::server_fns::server;
    use crate::trace_list::facets::clauses::Choices;
    use crate::trace_list::facets::field::Field;
    use crate::url_state::ListState;

    /// Values of a facet, and of one that is listed at length.
    const SHORT: usize = 6;
    const LONG: usize = 1_000;
    /// The most tags with a facet.
    const TAGS: usize = 10;
    /// The most names of feedback with a facet.
    const FEEDBACK: usize = 5;

    struct Counter {
        store: Arc<dyn Store>,
        experiment: ExperimentRef,
        state: ListState,
        now: UnixMillis,
    }

    pub async fn facets(
        experiment: i64,
        state: ListState,
        more: &str,
        only: &str,
    ) -> Result<FacetPanel, AppError> {
        let store = server::store()?;
        let found = server::experiment(store.as_ref(), experiment).await?;
        let counter = Counter {
            store,
            experiment: found,
            now: (server::clock()?.now)(),
            state,
        };
        let names = match only {
            "tag_keys" => Some(Facet::TagKey),
            "feedback_names" => Some(Facet::FeedbackName),
            "span_names" => Some(Facet::SpanName),
            _ => None,
        };
        if let Some(facet) = names {
            return counter.names(only, facet).await;
        }
        let choices = Choices::read(&counter.state.filter);
        let fields = match Field::parse(only) {
            Some(field) => vec![field],
            None => counter.fields(&choices).await?,
        };
        let is_long =
            |field: &Field| !only.is_empty() || more.lines().any(|key| key == field.key());
        // Those that one question answers are asked together.
        let (apart, together): (Vec<_>, Vec<_>) = fields
            .iter()
            .partition(|field| is_long(field) || choices.fields().any(|chosen| chosen == *field));
        let mut label = None;
        let mut lists = Vec::new();
        if !together.is_empty() {
            let found = counter.ask(&counter.state.filter, &together, SHORT).await?;
            label = found.counted.label();
            lists.extend(together.iter().map(|field| field.key()).zip(found.lists));
        }
        for field in apart {
            let limit = if is_long(field) { LONG } else { SHORT };
            let found = counter
                .ask(&choices.without(field), &[field], limit)
                .await?;
            label = label.or(found.counted.label());
            lists.extend(std::iter::once(field.key()).zip(found.lists));
        }
        let mut groups = Vec::new();
        for field in &fields {
            let key = field.key();
            let place = lists.iter().position(|(listed, _)| *listed == key);
            if let Some(place) = place {
                let (key, list) = lists.swap_remove(place);
                groups.push(counter.group(key, list).await?);
            }
        }
        groups.retain(|group: &FacetGroup| !group.values.is_empty());
        Ok(FacetPanel {
            experiment: counter.experiment,
            groups,
            label,
        })
    }

    impl Counter {
        /// What is no facet of the panel, for the completion of filters.
        async fn names(&self, key: &str, facet: Facet) -> Result<FacetPanel, AppError> {
            let is_tag = facet == Facet::TagKey;
            let query = FacetQuery {
                scope: self.scope("")?,
                facets: vec![facet],
                limit: LONG,
            };
            let found = self.store.facets(query).await?;
            let mut groups = Vec::new();
            for mut list in found.lists {
                list.values
                    .retain(|value| !is_tag || is_public_tag(&value.value));
                groups.push(self.group(key.to_owned(), list).await?);
            }
            Ok(FacetPanel {
                experiment: self.experiment.clone(),
                groups,
                label: found.counted.label(),
            })
        }

        /// The facets of this list: the plain ones, tags that its traces have, and whatever else its filter chooses.
        async fn fields(&self, choices: &Choices) -> Result<Vec<Field>, AppError> {
            let scope = self.scope(&self.state.filter)?;
            let query = FacetQuery {
                scope,
                facets: vec![Facet::TagKey, Facet::FeedbackName],
                // Some are not for people.
                limit: 4 * TAGS,
            };
            let mut found = self.store.facets(query).await?.lists.into_iter();
            let mut names = || {
                let values = found.next().map(|list| list.values).unwrap_or_default();
                values.into_iter().map(|value| value.value)
            };
            let tags = names().filter(|key| is_public_tag(key));
            let tags = tags.take(TAGS).map(Field::Tag);
            let feedback = names().take(FEEDBACK).map(Field::Feedback);
            let mut fields: Vec<Field> = Field::PLAIN
                .into_iter()
                .chain(tags)
                .chain(feedback)
                .collect();
            for chosen in choices.fields() {
                if !fields.contains(chosen) {
                    fields.push(chosen.clone());
                }
            }
            Ok(fields)
        }

        fn scope(&self, filter: &str) -> Result<StatsScope, AppError> {
            let state = ListState {
                filter: filter.to_owned(),
                ..self.state.clone()
            };
            question::scope(self.experiment.id, &state, self.now)
        }

        async fn ask(
            &self,
            filter: &str,
            fields: &[&Field],
            limit: usize,
        ) -> Result<Facets, AppError> {
            let query = FacetQuery {
                scope: self.scope(filter)?,
                facets: fields.iter().map(|field| field.facet()).collect(),
                limit,
            };
            Ok(self.store.facets(query).await?)
        }

        async fn group(&self, key: String, list: FacetList) -> Result<FacetGroup, AppError> {
            let mut values = Vec::with_capacity(list.values.len());
            for (place, value) in list.values.into_iter().enumerate() {
                // Names of runs are looked up one by one.
                let name = if list.facet == Facet::Run && place < 50 {
                    server::run_name(self.store.as_ref(), &value.value).await?
                } else {
                    String::new()
                };
                values.push((value.value, value.traces, name));
            }
            Ok(FacetGroup {
                key,
                values,
                has_more: list.is_capped,
            })
        }
    }
}
