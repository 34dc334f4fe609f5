//! What happened lately, asked for after the page is there: the list of experiments waits for none of it.

use leptos::prelude::*;

use crate::charts::strip::Strip;
use crate::model::{Activity, ExperimentList, HomeActivity};
use crate::reads::{Read, later};
use crate::text::number;
use crate::text::time::took;

/// What happened in the last 24 hours; `None` until it is known.
#[derive(Clone, Copy)]
pub struct Lately(Memo<Option<HomeActivity>>);

impl Lately {
    /// Of the experiments of a page.
    pub fn of(list: &ExperimentList) -> Self {
        let ids = list.rows.iter().map(|row| row.experiment.id.to_string());
        let reply = later(Signal::stored(Read::Activity(
            ids.collect::<Vec<_>>().join(","),
        )));
        Self(Memo::new(move |_| reply.get()?.1.open().ok()))
    }

    /// What the page says first: `4 experiments · 12,408 traces in 24 hours · 1.2 % failed`. Of all times until the last day is
    /// known.
    pub fn summary(self, list: &ExperimentList) -> impl Fn() -> String + Send + use<> {
        let experiments = number::counted(list.experiments, "experiment", "experiments");
        let (traces, errors) = (list.traces, list.errors);
        move || {
            if traces == 0 {
                return format!("{experiments} · no traces yet");
            }
            let all = number::counted(traces, "trace", "traces");
            let text = self.0.with(|lately| match lately {
                None => format!("{all} · {} failed", number::share(errors, traces)),
                Some(HomeActivity { traces: 0, .. }) => {
                    format!("no traces in 24 hours · {all} in all")
                }
                Some(lately) => format!(
                    "{} in 24 hours · {} failed",
                    number::counted(lately.traces, "trace", "traces"),
                    number::share(lately.errors, lately.traces)
                ),
            });
            format!("{experiments} · {text}")
        }
    }

    fn cell(
        self,
        experiment: i64,
        draw: impl Fn(&Activity) -> AnyView + Send + 'static,
    ) -> AnyView {
        let cell = move || {
            self.0.with(|lately| {
                let rows = lately.as_ref().map(|lately| &lately.rows)?;
                rows.iter()
                    .find(|row| row.experiment == experiment)
                    .map(&draw)
            })
        };
        cell.into_any()
    }

    /// The cells of a row: volume hour by hour, median, 95th percentile.
    pub fn cells(self, experiment: i64) -> AnyView {
        let strip = self.cell(experiment, |row| {
            let (traces, errors) = row
                .strip
                .iter()
                .fold((0, 0), |sum, hour| (sum.0 + hour.0, sum.1 + hour.1));
            if traces == 0 {
                return view! { <span class="quiet">"—"</span> }.into_any();
            }
            let summary = format!(
                "{} in 24 hours, {errors} failed",
                number::counted(traces, "trace", "traces")
            );
            let spoken = summary.clone();
            view! { <span title=summary><Strip counts=row.strip.clone() summary=spoken/></span> }
                .into_any()
        });
        let duration = |millis: Option<u64>| match millis {
            Some(millis) => took(i64::try_from(millis).unwrap_or(i64::MAX)).into_any(),
            None => view! { <span class="quiet">"—"</span> }.into_any(),
        };
        let p50 = self.cell(experiment, move |row| duration(row.p50_ms));
        let p95 = self.cell(experiment, move |row| duration(row.p95_ms));
        view! {
            <td class="home__strip">{strip}</td>
            <td class="table__number home__latency">{p50}</td>
            <td class="table__number home__latency">{p95}</td>
        }
        .into_any()
    }
}
