//! The keys of a list: they move the cursor, and act on the row under it or on the rows that are chosen.

use leptos::prelude::*;

use super::Window;
use crate::browser::{self, list};
use crate::trace_list::cell;
use crate::trace_list::desk::Desk;
use crate::trace_list::neighbours;

impl Window {
    /// Does what a key says, unless it is meant for something else.
    pub(super) fn on_key(&self, event: &leptos::ev::KeyboardEvent) {
        let is_taken = event.default_prevented() || browser::has_dialog();
        // Nothing is typed into a rating beside the list, and Escape leaves it.
        let is_left = event.key() == "Escape" && browser::is_within(event, "[type=radio]");
        if is_taken || browser::is_typing(event) && !list::is_pick(event) && !is_left {
            return;
        }
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        let is_done = match has_modifier {
            true => self.run_with_modifier(event),
            false => self.walk(&event.key()) || self.run(&event.key()),
        };
        if is_done {
            event.prevent_default();
        }
    }

    /// `Ctrl A` chooses what is on screen.
    fn run_with_modifier(&self, event: &leptos::ev::KeyboardEvent) -> bool {
        let is_ctrl = event.ctrl_key() || event.meta_key();
        if !is_ctrl || !list::has_focus(self.scroller) || event.key() != "a" {
            return false;
        }
        let (first, end) = self.feed.seen.get_untracked();
        self.desk.selection.add(self.feed, first, end);
        true
    }

    /// Whether the focus is on a row, or on its way there: keys may be pressed faster than rows are drawn.
    fn is_on_row(&self) -> bool {
        self.wants_focus.get_untracked() || list::focused_row().is_some()
    }

    /// Keys that move the cursor.
    fn walk(&self, key: &str) -> bool {
        // Arrows go through the heads where the focus is there.
        let is_here = list::has_focus(self.scroller) && !list::is_on_head();
        let cursor = self.cursor.get_untracked();
        let (row, view) = self.size.get_untracked();
        let page = ((view / row) as u64).max(2) - 1;
        let is_on_row = self.is_on_row();
        let target = match key {
            // The first press goes to the row that Tab would lead to.
            "j" | "k" if !is_on_row => cursor,
            "ArrowDown" if is_here && !is_on_row => cursor,
            "j" => cursor + 1,
            "k" => cursor.saturating_sub(1),
            "ArrowDown" if is_here => cursor + 1,
            "ArrowUp" if is_here => cursor.saturating_sub(1),
            "PageDown" if is_here => cursor + page,
            "PageUp" if is_here => cursor.saturating_sub(page),
            "Home" if is_here => 0,
            "End" if is_here => u64::MAX,
            "ArrowRight" | "ArrowLeft" => {
                let Some(row) = list::focused_row() else {
                    return false;
                };
                let step = if key == "ArrowRight" { 1 } else { -1 };
                browser::focus_sibling(&row, "[data-cell]", step);
                return true;
            }
            _ => return false,
        };
        self.go_to(target);
        true
    }

    /// Keys that do something; true if it was done.
    fn run(&self, key: &str) -> bool {
        let Desk {
            selection, live, ..
        } = self.desk;
        let cursor = self.cursor.get_untracked();
        let is_on_row = self.is_on_row();
        match key {
            "Enter" if is_on_row && !list::is_on_inner_link() => {
                self.with_id(cursor, |desk, id| desk.peek(id));
            }
            "o" => {
                self.note_place();
                neighbours::keep_around(self.feed, cursor);
                self.with_id(cursor, |desk, id| desk.open(id));
            }
            "x" => selection.toggle(self.feed, cursor),
            "X" => selection.extend_to(self.feed, cursor),
            "Escape" if self.desk.peeked.with_untracked(Option::is_some) => {
                self.desk.close();
                self.wants_focus.set(true);
            }
            "Escape" if !selection.is_empty() => selection.clear(),
            "l" => match live {
                Some(live) => live.toggle(),
                None => return false,
            },
            "=" | "-" => return self.narrow(key),
            "r" | "t" | "c" | "Delete" if selection.is_empty() => {
                // The acts come with the choice.
                selection.toggle(self.feed, cursor);
            }
            "r" => return list::press("[data-act=rate] > summary"),
            "t" => return list::press("[data-act=tag] > summary"),
            "c" => return list::press("a[data-act=compare]"),
            "Delete" => return list::press("[data-act=delete]"),
            _ => return false,
        }
        true
    }

    /// Keeps what is like the cell under focus or pointer, or leaves it out.
    fn narrow(&self, key: &str) -> bool {
        let Some((row, cell)) = self.spot.cell() else {
            return false;
        };
        let columns = self.desk.columns();
        let said = self
            .feed
            .with_row(row, |row| cell::said(row, &cell, &columns))
            .flatten();
        let clause = said.and_then(|said| if key == "=" { said.keep } else { said.drop });
        if let Some(clause) = &clause {
            self.desk.narrow(clause);
        }
        clause.is_some()
    }
}
