//! Which traces are kept how long, and the work that follows from it: by age, by size, and for deleted experiments. Used by
//! `spanfall gc` and, with the settings `--retention-age` and `--retention-size`, by the server itself.

use std::sync::Arc;
use std::time::Duration;

use domain::experiment::{Experiment, LifecycleStage, ViewType};
use domain::ids::{ExperimentId, TraceId};
use domain::page::PageRequest;
use domain::store::{DeleteTraces, ExperimentQuery, Store, StoreError, StoreResult};
use domain::time::UnixMillis;
use serde::{Deserialize, Serialize};

use crate::artifacts::ArtifactFolder;
use crate::clock;
use crate::deletion::{self, Gone};

/// Traces whose start is asked for at once when the store is too large.
const RANK_MAX: u64 = 200_000;
/// Folders without a trace are left alone until nothing was changed in them for so long: the trace may be on its way.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 3600);
/// How often a server looks whether there is something to delete.
const PERIOD: Duration = Duration::from_secs(60);

/// What is to go. What is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Traces that began longer ago than this.
    pub older_than: Option<Duration>,
    /// The oldest traces until the database holds no more bytes than this.
    pub size_max: Option<u64>,
    /// Traces of experiments that were deleted longer ago than this.
    pub deleted_for: Option<Duration>,
    /// Only this experiment, by name or id; all if `None`.
    pub experiment: Option<String>,
    /// Only say what would go.
    pub is_dry_run: bool,
}

/// What went, or in a dry run would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// Traces.
    pub traces: u64,
    /// Folders of files that belonged to traces.
    pub folders: u64,
    /// Bytes of the database in use before.
    pub used_before: u64,
    /// The same afterwards.
    pub used_after: u64,
    /// Bytes of the file itself, which does not shrink: what is free in it is used again.
    pub file_bytes: u64,
}

/// Why nothing, or not all, was deleted.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// There is no such experiment.
    #[error("there is no experiment '{0}'")]
    UnknownExperiment(String),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// One clean-up.
pub struct Collection<'a> {
    /// Where traces are.
    pub store: &'a Arc<dyn Store>,
    /// Where their files are.
    pub artifacts: &'a Arc<ArtifactFolder>,
    /// The time.
    pub now: UnixMillis,
}

impl Collection<'_> {
    /// Deletes what a policy says, telling `report` now and then what was done.
    ///
    /// # Errors
    /// [`RetentionError`]; what was deleted until then stays deleted.
    pub async fn run(
        &self,
        policy: &Policy,
        report: &mut (dyn FnMut(String) + Send),
    ) -> Result<Freed, RetentionError> {
        let experiments = self.experiments(policy.experiment.as_deref()).await?;
        let mut freed = Freed {
            used_before: self.store.disk_use().await?.used_bytes,
            ..Freed::default()
        };
        if let Some(age) = policy.deleted_for {
            let limit = before(self.now, age);
            let is_due = |one: &&Experiment| {
                one.lifecycle == LifecycleStage::Deleted && one.last_update_time <= limit
            };
            for one in experiments.iter().filter(is_due) {
                let what = format!("deleted experiment '{}'", one.name);
                let time = UnixMillis(i64::MAX);
                self.up_to(one.id, time, policy, &mut freed, &what, report)
                    .await?;
            }
        }
        if let Some(age) = policy.older_than {
            let limit = before(self.now, age);
            for one in &experiments {
                let what = format!("experiment '{}'", one.name);
                self.up_to(one.id, limit, policy, &mut freed, &what, report)
                    .await?;
            }
        }
        if let Some(size_max) = policy.size_max {
            self.by_size(size_max, &experiments, policy, &mut freed, report)
                .await?;
        }
        if !policy.is_dry_run {
            for one in &experiments {
                freed.folders += self.orphans(one.id).await?;
            }
        }
        let disk = self.store.disk_use().await?;
        (freed.used_after, freed.file_bytes) = (disk.used_bytes, disk.file_bytes);
        Ok(freed)
    }

    async fn experiments(&self, only: Option<&str>) -> Result<Vec<Experiment>, RetentionError> {
        let mut all = Vec::new();
        let mut page = PageRequest::first(1000);
        loop {
            let query = ExperimentQuery {
                filter: None,
                order: Vec::new(),
                view: ViewType::All,
                page: page.clone(),
            };
            let found = self.store.search_experiments(query).await?;
            all.extend(found.items);
            if found.next.is_none() {
                break;
            }
            page.token = found.next;
        }
        let Some(only) = only else { return Ok(all) };
        all.retain(|one| one.name == only || one.id.to_string() == only);
        if all.is_empty() {
            return Err(RetentionError::UnknownExperiment(only.to_owned()));
        }
        Ok(all)
    }

    async fn up_to(
        &self,
        experiment: ExperimentId,
        time: UnixMillis,
        policy: &Policy,
        freed: &mut Freed,
        what: &str,
        report: &mut (dyn FnMut(String) + Send),
    ) -> StoreResult<()> {
        if policy.is_dry_run {
            let count = self.store.count_up_to(experiment, time).await?;
            freed.traces += count;
            if count > 0 {
                report(format!("{what}: {count} traces would go"));
            }
            return Ok(());
        }
        let mut done = 0;
        loop {
            let which = DeleteTraces::UpTo { time, limit: None };
            let lot = deletion::delete_lot(self.store, self.artifacts, experiment, which);
            let Gone { traces, folders } = lot.await?;
            if traces == 0 {
                return Ok(());
            }
            done += traces;
            freed.traces += traces;
            freed.folders += folders;
            report(format!("{what}: {done} traces deleted"));
        }
    }

    /// How many must go follows from what a trace takes on average. The index data of deleted traces goes a little later, so the
    /// size is not measured again until enough is gone: more would be deleted than need be.
    async fn by_size(
        &self,
        size_max: u64,
        experiments: &[Experiment],
        policy: &Policy,
        freed: &mut Freed,
        report: &mut (dyn FnMut(String) + Send),
    ) -> StoreResult<()> {
        let disk = self.store.disk_use().await?;
        if disk.used_bytes <= size_max || disk.traces == 0 {
            return Ok(());
        }
        let excess = u128::from(disk.used_bytes - size_max);
        let share = excess * u128::from(disk.traces) / u128::from(disk.used_bytes.max(1)) + 1;
        let mut left = u64::try_from(share).unwrap_or(u64::MAX).min(disk.traces);
        if policy.is_dry_run {
            freed.traces += left;
            report(format!("over the size: the oldest {left} traces would go"));
            return Ok(());
        }
        while left > 0 {
            let rank = u32::try_from(left.min(RANK_MAX)).unwrap_or(u32::MAX);
            let Some(time) = self.store.nth_oldest_start(rank).await? else {
                return Ok(());
            };
            let before = freed.traces;
            for one in experiments {
                let what = format!("over the size: experiment '{}'", one.name);
                self.up_to(one.id, time, policy, freed, &what, report)
                    .await?;
            }
            let gone = freed.traces - before;
            if gone == 0 {
                return Ok(());
            }
            left = left.saturating_sub(gone);
        }
        Ok(())
    }

    /// Removes folders whose trace is gone, such as a crash leaves behind.
    async fn orphans(&self, experiment: ExperimentId) -> StoreResult<u64> {
        let (sender, mut groups) = tokio::sync::mpsc::channel::<Vec<TraceId>>(1);
        let folder = Arc::clone(self.artifacts);
        let listing =
            tokio::spawn(async move { folder.quiet_traces(experiment, ORPHAN_AGE, sender).await });
        let mut removed = 0;
        while let Some(ids) = groups.recv().await {
            let known = self.store.traces(&ids).await?;
            let known: std::collections::HashSet<&TraceId> =
                known.iter().map(|info| &info.trace_id).collect();
            let gone = ids
                .iter()
                .filter(|id| !known.contains(id))
                .cloned()
                .collect();
            match self.artifacts.remove_traces(experiment, gone).await {
                Ok(count) => removed += count,
                Err(error) => tracing::warn!(%experiment, %error, "files without a trace stay"),
            }
        }
        match listing.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%experiment, %error, "cannot list files of traces"),
            Err(error) => tracing::warn!(%experiment, %error, "cannot list files of traces"),
        }
        Ok(removed)
    }
}

/// Keeps to a policy for as long as the future is polled, beginning at once.
pub async fn keep(store: Arc<dyn Store>, artifacts: Arc<ArtifactFolder>, policy: Policy) {
    if policy.older_than.is_none() && policy.size_max.is_none() {
        return;
    }
    loop {
        let collection = Collection {
            store: &store,
            artifacts: &artifacts,
            now: clock::now(),
        };
        match collection.run(&policy, &mut |_| {}).await {
            Ok(freed) if freed.traces > 0 || freed.folders > 0 => {
                let (traces, folders) = (freed.traces, freed.folders);
                tracing::info!(traces, folders, "retention: deleted");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "retention"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

fn before(now: UnixMillis, age: Duration) -> UnixMillis {
    let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    UnixMillis(now.0.saturating_sub(age))
}
