//! Reads one page of a session.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::SessionView;
use crate::wire::Wire;

/// A session with one page of its turns, the earliest first. Of `at`, `after` and `before` one may name a trace of the session.
///
/// # Errors
/// `NotFound` if no trace belongs to such a session, or there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "session", input = GetUrl, output = Wire)]
pub async fn get_session(
    /// The session.
    session: String,
    /// The experiment; empty for the one with the session's newest trace.
    #[server(default)]
    experiment: String,
    /// Begin with this turn.
    #[server(default)]
    at: String,
    /// Begin with the turn after this one.
    #[server(default)]
    after: String,
    /// End with the turn before this one; `end` for the last turns.
    #[server(default)]
    before: String,
) -> Result<SessionView, AppError> {
    let place = match (at.as_str(), after.as_str(), before.as_str()) {
        ("", "", "") => read::Place::First,
        ("", "", "end") => read::Place::Last,
        ("", "", before) => read::Place::Before(before.to_owned()),
        ("", after, _) => read::Place::After(after.to_owned()),
        (at, ..) => read::Place::At(at.to_owned()),
    };
    read::page(&session, &experiment, place).await
}

#[cfg(feature = "ssr")]
mod read {
    use domain::filter::{self, TraceFilter};
    use domain::ids::{ExperimentId, TraceId};
    use domain::page::PageRequest;
    use domain::stats::{Facet, GroupOrder, GroupQuery, StatsScope, TimeRange};
    use domain::store::{Store, TraceQuery};
    use domain::trace::TraceInfo;

    use crate::error::AppError;
    use crate::model::{Count, FeedbackChip, SessionSums, SessionView, Turn, is_of_session};
    use crate::server_fns::traces::judgement::{Judgement, author};
    use crate::server_fns::{feedback_names, scope, server};

    /// Turns on a page.
    const PAGE: usize = 50;
    /// Turns are counted up to here.
    const CAP: u64 = 100_000;

    /// Which turns are wanted.
    pub enum Place {
        First,
        Last,
        At(String),
        After(String),
        Before(String),
    }

    /// A session's traces in the store.
    struct Session<'a> {
        store: &'a dyn Store,
        experiment: ExperimentId,
        clause: String,
    }

    /// Turns of a page, and whether there are more on either side.
    struct Found {
        infos: Vec<TraceInfo>,
        has_earlier: bool,
        has_later: bool,
    }

    pub async fn page(
        session: &str,
        experiment: &str,
        place: Place,
    ) -> Result<SessionView, AppError> {
        let store = server::store()?;
        let store = store.as_ref();
        let unknown = || AppError::not_found("session", session);
        let clause = scope::of_session(session).ok_or_else(unknown)?;
        let experiment = match experiment {
            "" => newest(store, &clause).await?.ok_or_else(unknown)?,
            id => id
                .parse()
                .map_err(|_| AppError::not_found("experiment", id))?,
        };
        let experiment_ref = server::experiment(store, experiment).await?;
        let within = Session {
            store,
            experiment: ExperimentId(experiment),
            clause,
        };
        let first = within
            .search("", "ASC", 1)
            .await?
            .pop()
            .ok_or_else(unknown)?;
        let last = within
            .search("", "DESC", 1)
            .await?
            .pop()
            .ok_or_else(unknown)?;
        let found = within.find(place).await?;
        let first_number = match found.infos.first() {
            Some(info) => 1 + within.count_before(info).await?,
            None => 1,
        };
        let (among, every) = ([within.experiment], within.filter("")?);
        let count = store.count_traces(&among, Some(&every), CAP).await?;
        let author = author();
        let said = Judgement {
            trace: &first,
            span_id: None,
            session: Some(session),
            author: &author,
            name: feedback_names::SESSION_THUMB,
        };
        let said = said.said();
        let mut turns: Vec<Turn> = Vec::with_capacity(found.infos.len());
        for (index, info) in found.infos.iter().enumerate() {
            let before = index
                .checked_sub(1)
                .and_then(|before| found.infos.get(before));
            turns.push(super::super::turn::turn(store, info, before, &author).await?);
        }
        Ok(SessionView {
            experiment: experiment_ref,
            session: session.to_owned(),
            user: first.user().map(str::to_owned),
            count: Count {
                value: count.traces,
                is_capped: !count.is_complete,
            },
            first_ms: first.request_time.0,
            sums: within.sums(&first, &last).await?,
            turns,
            first_number,
            has_earlier: found.has_earlier,
            has_later: found.has_later,
            own_thumb: said.and_then(|a| a.value.number()).map(|value| value > 0.5),
            own_comment: said.and_then(|a| a.rationale.clone()).unwrap_or_default(),
            feedback: of_session(&first, &found.infos, said.map(|a| a.id.as_str())),
        })
    }

    /// The experiment of the newest trace of a session, whichever it is.
    async fn newest(store: &dyn Store, clause: &str) -> Result<Option<i64>, AppError> {
        const EXPERIMENTS: u32 = 1_000;
        let all = store.experiment_summaries(EXPERIMENTS).await?;
        let query = TraceQuery {
            experiments: all.iter().map(|summary| summary.experiment.id).collect(),
            filter: Some(scope::compiled(clause)?),
            order: Vec::new(),
            page: PageRequest::first(1),
        };
        let found = store.search_traces(query).await?;
        Ok(found.items.first().map(|info| info.experiment_id.0))
    }

    /// What is said of the whole session, other than by the reader; it stands on the first trace or on any.
    fn of_session(first: &TraceInfo, shown: &[TraceInfo], own: Option<&str>) -> Vec<FeedbackChip> {
        let others = shown.iter().filter(|info| info.trace_id != first.trace_id);
        let said = std::iter::once(first)
            .chain(others)
            .flat_map(|info| &info.assessments)
            .filter(|a| is_of_session(a) && own != Some(a.id.as_str()))
            .cloned();
        FeedbackChip::of(&said.collect::<Vec<_>>()).0
    }

    impl Session<'_> {
        fn filter(&self, more: &str) -> Result<TraceFilter, AppError> {
            match more {
                "" => scope::compiled(&self.clause),
                more => scope::compiled(&format!("{} AND {more}", self.clause)),
            }
        }

        async fn search(
            &self,
            more: &str,
            direction: &str,
            size: usize,
        ) -> Result<Vec<TraceInfo>, AppError> {
            let keys = [
                format!("timestamp_ms {direction}"),
                format!("request_id {direction}"),
            ];
            let order = filter::order::parse_trace_order(&keys)
                .map_err(|error| AppError::Failed(error.to_string()))?;
            let query = TraceQuery {
                experiments: vec![self.experiment],
                filter: Some(self.filter(more)?),
                order,
                page: PageRequest::first(u32::try_from(size).unwrap_or(u32::MAX)),
            };
            Ok(self.store.search_traces(query).await?.items)
        }

        /// The turn that an address names.
        async fn anchor(&self, trace_id: &str) -> Result<TraceInfo, AppError> {
            let unknown = || AppError::not_found("trace", trace_id);
            let id = TraceId::parse(trace_id).map_err(|_| unknown())?;
            self.store.trace(&id).await?.ok_or_else(unknown)
        }

        /// The turns of a page. Turns that began in the same millisecond as the one in the address are told apart by their ids, so
        /// a page reads a few more than it shows.
        async fn find(&self, place: Place) -> Result<Found, AppError> {
            const TIES: usize = 50;
            let size = PAGE + 1 + TIES;
            let (is_forward, anchor, takes_anchor) = match place {
                Place::First => (true, None, true),
                Place::Last => (false, None, true),
                Place::At(id) => (true, Some(self.anchor(&id).await?), true),
                Place::After(id) => (true, Some(self.anchor(&id).await?), false),
                Place::Before(id) => (false, Some(self.anchor(&id).await?), false),
            };
            let (comparator, direction) = if is_forward {
                (">=", "ASC")
            } else {
                ("<=", "DESC")
            };
            let more = anchor
                .as_ref()
                .map(|anchor| format!("timestamp_ms {comparator} {}", anchor.request_time.0))
                .unwrap_or_default();
            let mut infos = self.search(&more, direction, size).await?;
            if let Some(anchor) = &anchor {
                let key =
                    |info: &TraceInfo| (info.request_time.0, info.trace_id.as_str().to_owned());
                let edge = key(anchor);
                infos.retain(|info| match key(info) {
                    key if key == edge => takes_anchor,
                    key if is_forward => key > edge,
                    key => key < edge,
                });
            }
            let has_more = infos.len() > PAGE;
            infos.truncate(PAGE);
            if is_forward {
                let is_first = match infos.first() {
                    Some(first) => self.count_before(first).await? == 0,
                    None => anchor.is_none(),
                };
                return Ok(Found {
                    infos,
                    has_earlier: !is_first,
                    has_later: has_more,
                });
            }
            infos.reverse();
            Ok(Found {
                infos,
                has_earlier: has_more,
                has_later: anchor.is_some(),
            })
        }

        /// How many turns came before this one.
        async fn count_before(&self, info: &TraceInfo) -> Result<u64, AppError> {
            let time = info.request_time.0;
            let earlier = self.filter(&format!("timestamp_ms < {time}"))?;
            let earlier = self
                .store
                .count_traces(&[self.experiment], Some(&earlier), CAP)
                .await?;
            let at_once = self
                .search(&format!("timestamp_ms = {time}"), "ASC", PAGE)
                .await?;
            let ties = at_once
                .iter()
                .take_while(|other| other.trace_id != info.trace_id);
            Ok(earlier.traces + ties.count() as u64)
        }

        async fn sums(&self, first: &TraceInfo, last: &TraceInfo) -> Result<SessionSums, AppError> {
            let query = GroupQuery {
                scope: StatsScope {
                    experiments: vec![self.experiment],
                    filter: Some(self.filter("")?),
                    range: TimeRange::default(),
                },
                by: Facet::Session,
                order: GroupOrder::Last,
                containing: None,
                limit: 1,
                offset: 0,
            };
            let groups = self.store.groups(query).await?;
            let counted = groups.counted.label();
            let total = groups.groups.into_iter().next().unwrap_or_default();
            Ok(SessionSums {
                errors: total.errors,
                span_ms: last.end_time().0.saturating_sub(first.request_time.0),
                busy_ms: Some(total.busy_ms),
                tokens: total.tokens.map(|usage| usage.total_tokens),
                cost: total.cost,
                counted,
            })
        }
    }
}
