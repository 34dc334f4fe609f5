//! What assessments say, kept in memory between searches: reading the JSON of all feedback of one name takes longer than all
//! else that a filter on it does. Forgotten as soon as any assessment is written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::assessment::{Assessment, AssessmentValue};
use domain::store::StoreResult;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::Shared;
use super::assessments::assessment;
use crate::error::database;

/// Bytes of JSON whose values are kept.
const BYTES_MAX: usize = 4 << 20;
/// What a value takes beside its text.
const VALUE_BYTES: usize = 64;

/// A trace and what an assessment says of it.
type Rated = (i64, AssessmentValue);

/// Assessments that hold for whole sessions, by session.
pub(crate) type OfSessions = Arc<HashMap<String, Vec<Assessment>>>;

/// What was read and still holds.
#[derive(Default)]
pub(crate) struct Ratings {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The state that it is of.
    version: u64,
    /// By name and kind.
    named: HashMap<(String, i64), Arc<Vec<Rated>>>,
    sessions: Option<OfSessions>,
    bytes: usize,
}

/// The assessments of a name and kind while they are read.
pub(crate) struct Reading {
    key: (String, i64),
    version: u64,
    read: Vec<Rated>,
    bytes: usize,
}

impl Reading {
    /// Begins before the first is read.
    pub(crate) fn new(shared: &Shared, name: &str, kind: i64) -> Self {
        Self {
            key: (name.to_owned(), kind),
            version: shared.live.read().rated,
            read: Vec::new(),
            bytes: 0,
        }
    }

    /// What was read before, if it still holds: in no particular order.
    pub(crate) fn known(&self, ratings: &Ratings) -> Option<Arc<Vec<Rated>>> {
        ratings.with(self.version, |kept| kept.named.get(&self.key).cloned())
    }

    /// Reads a row (trace_no, assessment_no, valid, data).
    pub(crate) fn read(&mut self, row: &SqliteRow) -> StoreResult<Rated> {
        let rated: Rated = (row.try_get(0).map_err(database)?, assessment(row)?.value);
        self.bytes += row.try_get::<&str, _>(3).map_err(database)?.len() + VALUE_BYTES;
        if self.bytes <= BYTES_MAX {
            self.read.push(rated.clone());
        } else {
            // Too much to keep.
            self.read = Vec::new();
        }
        Ok(rated)
    }

    /// Keeps what was read, which was all.
    pub(crate) fn finish(self, ratings: &Ratings) {
        ratings.keep(self.version, self.bytes, |kept| {
            kept.named.insert(self.key, Arc::new(self.read));
        });
    }
}

impl Ratings {
    /// The assessments that hold for whole sessions.
    pub(crate) async fn of_sessions(
        shared: &Shared,
        reader: &mut SqliteConnection,
    ) -> StoreResult<OfSessions> {
        let version = shared.live.read().rated;
        let known = shared.ratings.with(version, |kept| kept.sessions.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let select = "select trace_no, assessment_no, valid, data, session from assessment
            where session is not null and valid = 1 order by assessment_no";
        let rows = sqlx::query(select)
            .fetch_all(reader)
            .await
            .map_err(database)?;
        let mut sessions: HashMap<String, Vec<Assessment>> = HashMap::new();
        let mut bytes = 0;
        for row in rows {
            let session: String = row.try_get(4).map_err(database)?;
            bytes += 2 * row.try_get::<&str, _>(3).map_err(database)?.len() + VALUE_BYTES;
            sessions.entry(session).or_default().push(assessment(&row)?);
        }
        let sessions = Arc::new(sessions);
        let kept = Arc::clone(&sessions);
        shared
            .ratings
            .keep(version, bytes, |all| all.sessions = Some(kept));
        Ok(sessions)
    }

    /// Looks at what is kept of a state.
    fn with<T>(&self, version: u64, look: impl FnOnce(&Kept) -> Option<T>) -> Option<T> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.version == version).then(|| look(&kept)).flatten()
    }

    /// Keeps what was read after the version was. What was written meanwhile raises the version, so this is not found then.
    fn keep(&self, version: u64, bytes: usize, keep: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if version < kept.version || bytes > BYTES_MAX {
            return;
        }
        if version > kept.version || kept.bytes + bytes > BYTES_MAX {
            *kept = Kept {
                version,
                ..Kept::default()
            };
        }
        kept.bytes += bytes;
        keep(&mut kept);
    }
}
