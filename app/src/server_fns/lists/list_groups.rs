//! Gathers the traces of a list by what they have in common.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::GroupTable;
use crate::url_state::ListState;
use crate::wire::Wire;

/// A list's traces by session, user, run, name, model, state or the values of a tag, with what each group comes to.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter, the range or what to gather by cannot be read, or the page
/// is too far.
#[server(prefix = "/ui-api", endpoint = "groups", input = GetUrl, output = Wire)]
pub async fn list_groups(
    /// The experiment.
    experiment_id: i64,
    /// What to gather by: `user`, `tag:env`.
    by: String,
    /// The order of the groups.
    #[server(default)]
    order: String,
    /// The page, counted from 1.
    #[server(default)]
    number: u32,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<GroupTable, AppError> {
    gather::table(experiment_id, state, &by, order, number).await
}

#[cfg(feature = "ssr")]
mod gather {
    use domain::stats::{Facet, FacetQuery, StatsScope, TraceGroup};
    use domain::store::Store;

    use super::super::question;
    use crate::error::AppError;
    use crate::group_list::state::GroupListState;
    use crate::model::{GroupLine, GroupTable, is_public_tag};
    use crate::server_fns::server;
    use crate::server_fns::sessions::groups;
    use crate::trace_list::facets::clauses::Choices;
    use crate::trace_list::facets::field::Field;
    use crate::url_state::ListState;

    /// The most keys of tags to gather by.
    const TAGS: usize = 20;

    pub async fn table(
        experiment: i64,
        state: ListState,
        by: &str,
        sort: String,
        page: u32,
    ) -> Result<GroupTable, AppError> {
        let store = server::store()?;
        let store = store.as_ref();
        let found = server::experiment(store, experiment).await?;
        let unknown = || AppError::Refused(format!("Traces cannot be gathered by “{by}”."));
        let field = Field::parse(by).ok_or_else(unknown)?;
        // Of these a trace has several.
        if matches!(
            field,
            Field::SpanType | Field::SpanName | Field::Feedback(_)
        ) {
            return Err(unknown());
        }
        let within = question::scope(experiment, &state, (server::clock()?.now)())?;
        let tag_keys = tag_keys(store, within.clone()).await?;
        let asked = GroupListState {
            sort,
            page: page.max(1),
            ..GroupListState::default()
        };
        let gathered = groups::page(store, within, field.facet(), &asked).await?;
        let choices = Choices::read(&state.filter);
        let mut rows = Vec::with_capacity(gathered.groups.len());
        for group in gathered.groups {
            let filter = match choices.of(&field).only == [group.value.as_str()] {
                true => state.filter.clone(),
                false => choices.only(&field, &group.value),
            };
            let list = ListState {
                filter,
                ..state.clone()
            };
            let name = match field {
                Field::Run => server::run_name(store, &group.value).await?,
                _ => String::new(),
            };
            rows.push(line(group, name, list.href("")));
        }
        Ok(GroupTable {
            experiment: found,
            title: field.title().to_owned(),
            rows,
            total: gathered.total,
            tag_keys,
            counted: gathered.counted.label(),
        })
    }

    async fn tag_keys(store: &dyn Store, scope: StatsScope) -> Result<Vec<String>, AppError> {
        let query = FacetQuery {
            scope,
            facets: vec![Facet::TagKey],
            limit: 4 * TAGS,
        };
        let found = store.facets(query).await?.lists.into_iter().next();
        let keys = found.map(|list| list.values).unwrap_or_default();
        let keys = keys.into_iter().map(|value| value.value);
        Ok(keys.filter(|key| is_public_tag(key)).take(TAGS).collect())
    }

    fn line(group: TraceGroup, name: String, query: String) -> GroupLine {
        let millis = |millis: u64| i64::try_from(millis).unwrap_or(i64::MAX);
        GroupLine {
            value: group.value,
            name,
            query,
            traces: group.traces,
            errors: group.errors,
            p50_ms: group.durations.map(|durations| millis(durations.p50)),
            p95_ms: group.durations.map(|durations| millis(durations.p95)),
            tokens: group.tokens.map(|usage| usage.total_tokens),
            cost: group.cost,
            last_ms: group.last.0,
        }
    }
}
