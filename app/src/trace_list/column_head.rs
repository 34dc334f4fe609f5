//! The heads of a table of traces: what they order by, and the bars between them that make columns wider or narrower.

use std::sync::Arc;

use leptos::prelude::*;

use super::columns::{Column, Columns, write};
use super::desk::Desk;
use super::pager::Scope;
use super::row::width_of;
use crate::url_state::{ListState, Sort};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::IsAlive;

/// What a press of an arrow adds to a width, in CSS pixels.
const STEP: i32 = 16;
/// How long keys rest before a width becomes part of the address.
#[cfg(feature = "hydrate")]
const REST: std::time::Duration = std::time::Duration::from_millis(600);

#[cfg(feature = "hydrate")]
thread_local! {
    /// The bar that has the focus while the table is drawn anew with the width that it was given.
    static HELD: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
}

/// The heads, and the widths of the columns.
#[derive(Clone)]
pub(super) struct Head {
    columns: Arc<Columns>,
    /// `None` where widths are as they are.
    desk: Option<Desk>,
    /// A width for each column in CSS pixels; 0 for that of its kind.
    sizes: RwSignal<Vec<u32>>,
}

impl Head {
    /// As the address has them.
    pub(super) fn new(columns: &Arc<Columns>, desk: Option<Desk>) -> Self {
        let sizes = columns.list.iter().map(|column| column.width).collect();
        Self {
            columns: Arc::clone(columns),
            desk,
            sizes: RwSignal::new(sizes),
        }
    }

    /// The widths that differ from those of their kinds, as custom properties.
    pub(super) fn widths(&self) -> String {
        let mut style = String::new();
        self.sizes.with(|sizes| {
            for (place, size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0) {
                style.push_str(&format!("--c{place}:{size}px;"));
            }
        });
        style
    }

    /// The row of heads.
    pub(super) fn view(&self, scope: &Scope) -> AnyView {
        let is_alive = use_context::<IsAlive>();
        #[cfg(feature = "hydrate")]
        Effect::new(move |_| {
            let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
            if let (true, Some(place)) = (is_alive, HELD.take()) {
                crate::browser::list::focus_if_free(format!("column-grip-{place}"));
            }
        });
        let heads = self.columns.list.iter().enumerate();
        let heads = heads.map(|(place, column)| {
            let grip = self.desk.map(|desk| {
                let grip = Grip {
                    head: self.clone(),
                    desk,
                    place,
                };
                move || {
                    let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
                    is_alive.then(|| grip.view())
                }
            });
            let (order, label) = label(scope, column);
            view! {
                <th scope="col" class=column.class() aria-label=column.title().to_owned() aria-sort=order style=width_of(place)>{label} {grip}</th>
            }
        });
        view! {
            <tr>
                <th scope="col" class="trace-table__check"><span class="visually-hidden">"Choose"</span></th>
                {heads.collect_view()}
            </tr>
        }
        .into_any()
    }
}

/// What a head says, with how the list is ordered by it; a link that orders by it where the store can.
fn label(scope: &Scope, column: &Column) -> (Option<&'static str>, AnyView) {
    let title = column.title().to_owned();
    let (first, second) = match column.key.as_str() {
        "time" => (Sort::Newest, Sort::Oldest),
        "duration" => (Sort::Slowest, Sort::Fastest),
        "name" => (Sort::Named, Sort::NamedBack),
        "state" => (Sort::Stated, Sort::StatedBack),
        _ => return (None, plain(title)),
    };
    let Scope::Experiment { state, path } = scope else {
        return (None, plain(title));
    };
    // The first press brings one way, the next one the other: of figures the greatest first, of words the first.
    let next = if state.sort == first { second } else { first };
    let is_ascending = matches!(
        state.sort,
        Sort::Oldest | Sort::Fastest | Sort::Named | Sort::Stated
    );
    let order = match is_ascending {
        _ if state.sort != first && state.sort != second => None,
        true => Some("ascending"),
        false => Some("descending"),
    };
    let link = view! {
        <a class="trace-table__sort" href=state.sorted(next).href(path)>
            {title} <Icon name=IconName::Chevron/>
        </a>
    };
    (order, link.into_any())
}

fn plain(title: String) -> AnyView {
    let tip = title.clone();
    view! { <span class="trace-table__title" title=tip>{title}</span> }.into_any()
}

/// The bar at the right edge of a column.
#[derive(Clone)]
struct Grip {
    head: Head,
    desk: Desk,
    place: usize,
}

impl Grip {
    fn column(&self) -> &Column {
        &self.head.columns.list[self.place]
    }

    fn view(&self) -> AnyView {
        let label = format!("Width of {}", self.column().title());
        let (place, sizes) = (self.place, self.head.sizes);
        let now = move || sizes.with(|sizes| sizes[place].to_string());
        let words = move || match sizes.with(|sizes| sizes[place]) {
            0 => "as usual".to_owned(),
            size => format!("{size} pixels"),
        };
        let (pressed, dragged, reset) = (self.clone(), self.clone(), self.clone());
        view! {
            <span
                class="column-grip"
                role="separator"
                tabindex="0"
                id=format!("column-grip-{place}")
                aria-orientation="vertical"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax="1200"
                aria-valuenow=now
                aria-valuetext=words
                title="Drag, or move with ← →; a double click for the usual width"
                on:keydown=move |event| pressed.on_key(&event)
                on:pointerdown=move |event| dragged.on_pointer(&event)
                on:dblclick=move |_| {
                    reset.set(0);
                    reset.keep();
                }
            ></span>
        }
        .into_any()
    }

    /// Makes the column as wide as this; 0 is the width of its kind.
    fn set(&self, width: u32) {
        let width = match width {
            0 => 0,
            width => self.column().sized(width).width,
        };
        self.head.sizes.update(|sizes| sizes[self.place] = width);
    }

    /// Puts the widths into the address.
    fn keep(&self) {
        let sizes = self.head.sizes.get_untracked();
        let columns = self.head.columns.list.iter().zip(&sizes);
        let columns = columns.map(|(column, width)| Column {
            width: *width,
            ..column.clone()
        });
        let cols = write(&columns.collect::<Vec<_>>());
        let state = self.desk.state();
        if state.cols != cols {
            self.desk.show(&ListState { cols, ..state });
        }
    }

    fn on_key(&self, event: &leptos::ev::KeyboardEvent) {
        let step = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        #[cfg(feature = "hydrate")]
        {
            use crate::browser;
            let width = browser::list::head_width(event).unwrap_or(0) + step;
            self.set(width.max(1).unsigned_abs());
            let (grip, sizes) = (self.clone(), self.head.sizes);
            let before = sizes.get_untracked();
            browser::after(REST, move || {
                if sizes.try_get_untracked() == Some(before) {
                    HELD.set(Some(grip.place));
                    grip.keep();
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = step;
    }

    fn on_pointer(&self, event: &leptos::ev::PointerEvent) {
        #[cfg(feature = "hydrate")]
        {
            let (grip, end) = (self.clone(), self.clone());
            let set = move |width: f64| grip.set(width.max(1.0) as u32);
            crate::browser::list::on_resize(event, set, move || end.keep());
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    }
}
