//! The task that keeps the text index. It reads the spans of traces that were committed, some at a time and with long pauses
//! while many traces come in: ingest goes first, and the index catches up later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::store::{StoreError, StoreResult};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::watch;
use tokio::time::timeout;

use super::super::LiveGroup;
use super::super::blocks::{add_lot, ranges, read_lot};
use super::super::file::{Change, write};
use super::super::work::{CHANGED_MANY, Work, next_work};
use crate::background;
use crate::error::{database, internal};
use crate::sqlite::Shared;
use crate::sqlite::live::set_number;
use crate::sqlite::spans::block_keys;
use crate::sqlite::writer::WeakWriter;
use crate::text::build::{Builder, ROWS_MAX};
use crate::text::group::Group;

/// When nothing was written for this long, what waits is taken even if it fills no group.
const IDLE: Duration = Duration::from_millis(250);
/// While more traces a second come than this the task works one sixteenth of the time.
const BUSY_RATE: f64 = 300.0;
const BUSY_PAUSES: u32 = 15;

/// The task.
pub(super) struct Task {
    shared: Arc<Shared>,
    main: WeakWriter,
    file: SqliteConnection,
    /// Fewer traces wait until more come.
    wait: usize,
    closing: watch::Receiver<bool>,
    /// The next trace number at some moment, to tell how many come.
    seen: (Instant, i64),
    /// Small groups below this number did not become fewer when they were made into one.
    unmerged_from: i64,
}

impl Task {
    /// A task that was not begun.
    pub(super) fn new(
        shared: Arc<Shared>,
        main: WeakWriter,
        file: SqliteConnection,
        wait: usize,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self {
            shared,
            main,
            file,
            wait,
            closing,
            seen: (Instant::now(), 0),
            unmerged_from: 0,
        }
    }

    /// Works until the store closes; counts its steps.
    pub(super) async fn run(mut self, stepped: &watch::Sender<u64>) {
        self.work(stepped).await;
        self.close().await;
    }

    async fn work(&mut self, stepped: &watch::Sender<u64>) {
        loop {
            let shared = Arc::clone(&self.shared);
            let is_idle = tokio::select! {
                // An error means that all handles are gone.
                _ = self.closing.wait_for(|closing| *closing) => return,
                is_idle = wait(&shared) => is_idle,
            };
            while let Some(work) = self.next_work(is_idle) {
                if let Err(error) = self.step(work).await {
                    if self.is_over() {
                        return;
                    }
                    tracing::error!("keeping the text index failed: {error}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                if self.is_over() {
                    return;
                }
                stepped.send_modify(|steps| *steps += 1);
            }
            stepped.send_modify(|steps| *steps += 1);
        }
    }

    /// Closes the file, the readers first: only a writer can bring the log into the file.
    async fn close(self) {
        self.shared.text_readers.close().await;
        if let Err(error) = self.file.close().await {
            tracing::warn!("closing the text index: {error}");
        }
    }

    fn is_over(&self) -> bool {
        *self.closing.borrow() || self.main.upgrade().is_none()
    }

    fn next_work(&self, is_idle: bool) -> Option<Work> {
        let live = self.shared.live.read();
        next_work(&live, is_idle, self.wait, self.unmerged_from)
    }

    async fn step(&mut self, work: Work) -> StoreResult<()> {
        match work {
            Work::New => self.take_new().await,
            Work::Changed(notes) => self.take_changed(notes).await,
            Work::Rebuild(groups) => self.rebuild(groups).await,
        }
    }

    /// Takes the next traces that no group has.
    async fn take_new(&mut self) -> StoreResult<()> {
        let to = self.claim().await?;
        let from = self.shared.live.read().text.indexed_to;
        let (builder, next) = self.feed(Builder::new(), from, to).await?;
        if self.is_over() {
            return Ok(());
        }
        let change = Change {
            indexed_to: Some(next),
            ..Change::default()
        };
        self.commit(vec![builder], change).await
    }

    /// Takes traces again that have changed, and forgets those that are gone.
    async fn take_changed(&mut self, notes: BTreeMap<i64, i64>) -> StoreResult<()> {
        let trace_nos: BTreeSet<i64> = notes.keys().copied().collect();
        let builders = self.feed_all(&trace_nos).await?;
        if self.is_over() {
            return Ok(());
        }
        let (dead, cleared) = {
            let live = self.shared.live.read();
            let dead = live.text.groups.iter().map(|live| {
                let count = trace_nos
                    .iter()
                    .filter(|no| live.group.row_of(**no).is_some());
                (live.group.group_no, count.count())
            });
            let dead: Vec<(i64, usize)> = dead.filter(|(_, count)| *count > 0).collect();
            (dead, live.text.cleared + 1)
        };
        let change = Change {
            dead: &dead,
            cleared: Some(cleared),
            ..Change::default()
        };
        self.commit(builders, change).await?;
        self.forget(notes, cleared).await
    }

    /// Makes groups anew from what their traces say now.
    async fn rebuild(&mut self, groups: Vec<LiveGroup>) -> StoreResult<()> {
        let replaced: Vec<i64> = groups.iter().map(|live| live.group.group_no).collect();
        let trace_nos = {
            let live = self.shared.live.read();
            let stay = live.text.groups.iter().map(|live| &live.group);
            let stay: Vec<&Arc<Group>> = stay
                .filter(|group| !replaced.contains(&group.group_no))
                .collect();
            // A later group has all that the trace says.
            let is_later = |own: i64, no: i64| {
                let mut later = stay.iter().filter(|group| group.group_no > own);
                later.any(|group| group.row_of(no).is_some())
            };
            let mut trace_nos = BTreeSet::new();
            for LiveGroup { group, .. } in &groups {
                let nos = group.trace_nos().map(|(_, no)| no);
                trace_nos.extend(nos.filter(|no| !is_later(group.group_no, *no)));
            }
            trace_nos
        };
        let builders = self.feed_all(&trace_nos).await?;
        if self.is_over() {
            return Ok(());
        }
        let change = Change {
            replaced: &replaced,
            ..Change::default()
        };
        if builders.len() >= replaced.len() {
            self.unmerged_from = self.shared.live.read().text.next_group_no + builders.len() as i64;
        }
        self.commit(builders, change).await
    }

    /// Lets all changes of the traces that come next be noted from now on, and waits for those that were not.
    async fn claim(&self) -> StoreResult<i64> {
        let main = self.main.upgrade().ok_or_else(closed)?;
        main.write_patiently(1, |tx| {
            Box::pin(async move {
                let mut live = tx.shared.live.write();
                live.text.claimed_to = live.next_trace_no;
                Ok(live.next_trace_no)
            })
        })
        .await
    }

    async fn feed_all(&mut self, trace_nos: &BTreeSet<i64>) -> StoreResult<Vec<Builder>> {
        let mut done = Vec::new();
        let mut builder = Builder::new();
        for (from, to) in ranges(trace_nos) {
            let mut next = from;
            while next < to && !self.is_over() {
                (builder, next) = self.feed(builder, next, to).await?;
                if builder.is_full() {
                    done.push(std::mem::replace(&mut builder, Builder::new()));
                }
            }
        }
        done.push(builder);
        Ok(done)
    }

    /// Adds the traces from one number up to another until the group is full; returns where to go on.
    async fn feed(
        &mut self,
        mut builder: Builder,
        from: i64,
        to: i64,
    ) -> StoreResult<(Builder, i64)> {
        let (mut first, end) = (block_keys(from).0, block_keys(to).0);
        while first < end && !self.is_over() {
            let began = Instant::now();
            let lot = read_lot(&self.shared, first, end).await?;
            let Some((last, ..)) = lot.last() else {
                break;
            };
            first = last + 1;
            let added = background::run(move || add_lot(builder, &lot));
            let added = added
                .await
                .ok_or_else(|| internal("reading spans for the text index failed"))?;
            let stop;
            (builder, stop) = added?;
            if let Some(trace_no) = stop {
                return Ok((builder, trace_no));
            }
            self.pause(began.elapsed()).await;
        }
        Ok((builder, to))
    }

    /// Lets ingest go first.
    async fn pause(&mut self, worked: Duration) {
        let next = self.shared.live.read().next_trace_no;
        let (at, before) = std::mem::replace(&mut self.seen, (Instant::now(), next));
        let rate = (next - before) as f64 / at.elapsed().as_secs_f64().max(0.001);
        if rate > BUSY_RATE {
            let closing = self.closing.wait_for(|closing| *closing);
            let pause = (worked * BUSY_PAUSES).min(Duration::from_secs(1));
            // That the time is over is what is waited for.
            let _ = timeout(pause, closing).await;
        }
    }

    /// Puts new groups in use.
    async fn commit(&mut self, builders: Vec<Builder>, change: Change<'_>) -> StoreResult<()> {
        let full = builders.into_iter().filter(|builder| builder.len() > 0);
        let full: Vec<Builder> = full.collect();
        let finished = tokio::task::spawn_blocking(move || {
            let finished = full.into_iter().map(Builder::finish);
            finished.collect::<Vec<(Group, Vec<Vec<u8>>)>>()
        });
        let mut groups = finished
            .await
            .map_err(|_| internal("making a group of the text index failed"))?;
        {
            let mut live = self.shared.live.write();
            for (group, _) in &mut groups {
                group.group_no = live.text.next_group_no;
                live.text.next_group_no += 1;
            }
        }
        let change = Change {
            groups: &groups,
            ..change
        };
        write(&mut self.file, &change).await?;
        let (indexed_to, replaced, dead) = (change.indexed_to, change.replaced, change.dead);
        let mut live = self.shared.live.write();
        let text = &mut live.text;
        text.groups
            .retain(|live| !replaced.contains(&live.group.group_no));
        for live in &mut text.groups {
            let more = dead.iter().find(|(no, _)| *no == live.group.group_no);
            live.dead += more.map_or(0, |(_, count)| *count);
        }
        text.groups
            .extend(groups.into_iter().map(|(group, _)| LiveGroup {
                group: Arc::new(group),
                dead: 0,
            }));
        text.indexed_to = indexed_to.unwrap_or(text.indexed_to);
        Ok(())
    }

    /// Removes notes of changes that the index has taken, unless the trace changed again.
    async fn forget(&self, notes: BTreeMap<i64, i64>, cleared: i64) -> StoreResult<()> {
        let main = self.main.upgrade().ok_or_else(closed)?;
        let written = notes.clone();
        main.write_patiently(1, move |tx| {
            Box::pin(async move {
                for (trace_no, note) in written {
                    sqlx::query("delete from text_changed where trace_no = ?1 and note = ?2")
                        .bind(trace_no)
                        .bind(note)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                }
                set_number(&mut tx.connection, "text_cleared", cleared).await
            })
        })
        .await?;
        let mut live = self.shared.live.write();
        let text = &mut live.text;
        text.cleared = cleared;
        text.changed
            .retain(|trace_no, note| notes.get(trace_no) != Some(&*note));
        Ok(())
    }
}

fn closed() -> StoreError {
    internal("the store is closed")
}

/// Waits until there is much to do, or until nothing was written for a while; says whether it was the latter.
async fn wait(shared: &Shared) -> bool {
    shared.text_wake.notified().await;
    loop {
        {
            let live = shared.live.read();
            let waiting = live.next_trace_no - live.text.indexed_to;
            if waiting >= ROWS_MAX as i64 || live.text.changed.len() >= CHANGED_MANY {
                return false;
            }
        }
        if timeout(IDLE, shared.text_wake.notified()).await.is_err() {
            return true;
        }
    }
}
