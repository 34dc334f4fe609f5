//! The row of tools over a list: facets, saved views, columns, groups, things to copy. What a tool unfolds comes when it is pressed.

use leptos::prelude::*;

use super::beside::{Beside, Listed};
use super::facets::shown::{Shown, decide, toggle};
use super::group_menu::GroupMenu;
use crate::chunks::{Chunk, Screen, part_view};
use crate::keymap::hint;
use crate::widgets::icon::{Icon, IconName};

/// The tools.
#[component]
pub fn Tools() -> impl IntoView {
    let Beside {
        shown,
        is_choosing,
        view_name,
        ..
    } = Beside::here();
    decide(shown);
    let is_shown = move || matches!(shown.get(), Shown::Side | Shown::Drawer);
    let came_by_view = !Listed::here().state.view.is_empty();
    let views = view! { "Views" <span class="tool-menu__name">{view_name}</span> };
    let copy = view! { <Icon name=IconName::Copy/>"Copy" };
    view! {
        <div class="list-tools__row" role="toolbar" aria-label="List" data-rove="tools" data-ahead=Chunk::Lists.name()>
            <button type="button" class="button" data-size="small" title=hint("Facets", "f")
                aria-expanded=move || is_shown().to_string() aria-pressed=move || is_shown().to_string()
                on:click=move |_| toggle(shown)>
                "Facets"
            </button>
            {menu(views.into_any(), "popover tool-menu__views", Screen::ViewsPart, came_by_view)}
            <button type="button" class="button" data-size="small" aria-haspopup="dialog" on:click=move |_| is_choosing.set(true)>
                "Columns"
            </button>
            <GroupMenu/>
            {menu(copy.into_any(), "popover tool-menu__list", Screen::CopyItems, false)}
        </div>
    }
    .into_any()
}

/// A menu whose content comes when it is unfolded, or at once where its button needs it.
fn menu(label: AnyView, class: &'static str, content: Screen, is_needed: bool) -> AnyView {
    let is_needed = RwSignal::new(is_needed);
    let content = move || is_needed.get().then(|| part_view(content));
    view! {
        <details class="tool-menu" on:toggle=move |_| is_needed.set(true)>
            <summary class="button" data-size="small">{label}</summary>
            <div class=class>{content}</div>
        </details>
    }
    .into_any()
}
