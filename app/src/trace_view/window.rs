//! The window of time that shows of a trace, and the gaps that its axis folds.

use domain::timeline::Viewport;
use leptos::prelude::*;

use super::geometry::{self, Scene};
use super::tree_state::TreeState;

impl TreeState {
    /// Closer or further away around a point of the window, 0 at its left edge and 1 at its right.
    pub fn zoom(&self, factor: f64, share: f64) {
        let all = self.reach();
        self.view
            .update(|view| *view = view.zoomed(factor, share * geometry::UNITS, all));
    }

    /// Earlier (negative) or later by a share of the window.
    pub fn pan(&self, share: f64) {
        let all = self.reach();
        self.view
            .update(|view| *view = view.panned(share * geometry::UNITS, all));
    }

    /// The whole trace.
    pub fn zoom_out(&self) {
        self.view.set(geometry::whole(self.reach()));
    }

    /// Folds long stretches in which nothing ran, or none. What shows stays in view.
    pub fn fold_gaps(&self, is_folding: bool) {
        let (from, to) = self.seen();
        self.is_folding_gaps.set(is_folding);
        self.show(from, to);
    }

    /// The end of the axis.
    pub(super) fn reach(&self) -> i64 {
        let extent = self.extent.get_untracked();
        self.axis.with_untracked(|axis| axis.fold(extent))
    }

    /// What is on the screen.
    pub fn scene(&self) -> Scene {
        Scene {
            view: self.view.get(),
            axis: self.axis.get(),
        }
    }

    /// The times between which the window shows the trace.
    pub fn seen(&self) -> (i64, i64) {
        let view = self.view.get_untracked();
        let time = |place| self.axis.with_untracked(|axis| axis.unfold(place));
        (time(view.from), time(view.to))
    }

    /// The window between two shares of the present one, in whichever order.
    pub fn zoom_between(&self, a: f64, b: f64) {
        let view = self.view.get_untracked();
        let place = |share: f64| view.time_at(share.clamp(0.0, 1.0) * geometry::UNITS);
        self.set_window(place(a.min(b)), place(a.max(b)));
    }

    /// The window between two moments.
    pub fn show(&self, from: i64, to: i64) {
        let place = |time| self.axis.with_untracked(|axis| axis.fold(time));
        self.set_window(place(from), place(to));
    }

    fn set_window(&self, from: i64, to: i64) {
        let all = self.reach();
        let view = Viewport {
            from,
            to: to.max(from.saturating_add(100)),
            ..geometry::whole(all)
        };
        // Nothing before or after the trace.
        self.view.set(view.panned(0.0, all));
    }

    /// The window that shows just this row's span.
    pub fn zoom_to(&self, row: u32) {
        let Some(table) = self.table.get_untracked() else {
            return;
        };
        let place = |time| self.axis.with_untracked(|axis| axis.fold(time));
        let (start, all) = (table.start(row), self.reach());
        let end = start.saturating_add(table.span_duration(row));
        self.view
            .update(|view| *view = view.fit_stretch(place(start), place(end), all));
    }
}
