//! Parts of a page that may follow a frame or two later when the page is drawn anew, so that what the reader waits for is there first.
//!
//! A part that takes the place of an earlier one leaves that where it is until its turn comes. The first turn comes some frames later,
//! when what is seen of a list has its rows, which are drawn a few a frame themselves; then one part is drawn a frame.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::reactive_graph::OwnedView;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, RenderFlags};

#[cfg(feature = "hydrate")]
pub use turns::after_parts;
use turns::{Part, State, When};

/// A part that may follow later.
pub struct Later {
    part: OwnedView<AnyView>,
    when: When,
}

/// Wraps a part, which lives as long as what is drawn around it.
pub fn later(part: AnyView) -> AnyView {
    wrapped(part, None)
}

/// Wraps a part that shows an answer, so that it is not drawn with the last one shortly before the next is there.
pub fn later_than(part: AnyView, is_waiting: RwSignal<bool>) -> AnyView {
    wrapped(part, Some(is_waiting))
}

fn wrapped(part: AnyView, is_waiting: Option<RwSignal<bool>>) -> AnyView {
    let when = When {
        life: StoredValue::new(()),
        is_waiting,
    };
    let part = OwnedView::new(part);
    Later { part, when }.into_any()
}

impl Render for Later {
    type State = State;

    fn build(self) -> State {
        State::new(self.part.build())
    }

    fn rebuild(self, state: &mut State) {
        state.put_off(self.part, self.when);
    }
}

impl AddAnyAttr for Later {
    type Output<New: Attribute> = Self;

    fn add_any_attr<New: Attribute>(self, _: New) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Later {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.part.dry_resolve();
    }

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        flags: RenderFlags,
        attributes: Vec<AnyAttribute>,
    ) {
        self.part.to_html_with_buf(buf, position, flags, attributes);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        flags: RenderFlags,
        attributes: Vec<AnyAttribute>,
    ) {
        self.part
            .to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, flags, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> State {
        State::new(self.part.hydrate::<FROM_SERVER>(cursor, position))
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for State {
    fn unmount(&mut self) {
        self.give_up();
        self.with(Part::unmount);
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.with(|part| part.mount(parent, marker));
    }

    fn try_mount(&mut self, parent: &Element, marker: Option<&Node>) -> bool {
        self.with(|part| part.try_mount(parent, marker))
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.with(|part| part.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        self.with(|part| part.elements())
    }
}

/// What waits for its turn.
mod turns {
    use std::cell::RefCell;
    use std::rc::Rc;

    use leptos::prelude::*;
    use leptos::tachys::reactive_graph::OwnedView;

    /// So many frames pass before the first turn.
    #[cfg(feature = "hydrate")]
    const REST: u32 = 4;
    /// So many frames a part waits for what it shows.
    #[cfg(feature = "hydrate")]
    const PATIENCE: u32 = 30;

    /// A part in the document.
    pub type Part = <OwnedView<AnyView> as Render>::State;

    /// When a part may be drawn.
    #[derive(Clone, Copy)]
    pub struct When {
        /// Goes with the owner of the part: a page that was left stays on the screen until the next one is there, but what its parts
        /// read is gone.
        pub life: StoredValue<()>,
        /// What it shows is on its way.
        pub is_waiting: Option<RwSignal<bool>>,
    }

    impl When {
        #[cfg(feature = "hydrate")]
        fn is_too_early(&self) -> bool {
            let is_waiting = self
                .is_waiting
                .and_then(|is_waiting| is_waiting.try_get_untracked());
            is_waiting == Some(true)
        }
    }

    /// A part, and the one that is to take its place.
    pub struct State(Rc<Inner>);

    struct Inner {
        part: RefCell<Part>,
        next: RefCell<Option<(OwnedView<AnyView>, When)>>,
    }

    impl State {
        pub fn new(part: Part) -> Self {
            Self(Rc::new(Inner {
                part: RefCell::new(part),
                next: RefCell::new(None),
            }))
        }

        pub fn with<T>(&self, act: impl FnOnce(&mut Part) -> T) -> T {
            act(&mut self.0.part.borrow_mut())
        }

        pub fn give_up(&self) {
            self.0.next.take();
        }

        pub fn put_off(&self, part: OwnedView<AnyView>, when: When) {
            if self.0.next.replace(Some((part, when))).is_some() {
                return;
            }
            let inner = Rc::clone(&self.0);
            let draw = move || {
                let next = inner.next.take();
                if let Some((part, _)) = next.filter(|(_, when)| !when.life.is_disposed()) {
                    part.rebuild(&mut inner.part.borrow_mut());
                }
            };
            #[cfg(feature = "hydrate")]
            {
                let mut patience = PATIENCE;
                let inner = Rc::clone(&self.0);
                add(Box::new(move || {
                    let next = inner.next.borrow();
                    let is_early = next.as_ref().is_some_and(|(_, when)| when.is_too_early());
                    drop(next);
                    patience = patience.saturating_sub(u32::from(is_early));
                    if is_early && patience > 0 {
                        return false;
                    }
                    draw();
                    true
                }));
            }
            #[cfg(not(feature = "hydrate"))]
            draw();
        }
    }

    #[cfg(feature = "hydrate")]
    thread_local! {
        static WAITING: RefCell<std::collections::VecDeque<Turn>> = RefCell::default();
    }

    /// What is done in a turn; false if it is too early for it.
    #[cfg(feature = "hydrate")]
    type Turn = Box<dyn FnMut() -> bool>;

    /// Acts some frames later, after all parts that wait by now.
    #[cfg(feature = "hydrate")]
    pub fn after_parts(act: impl FnOnce() + 'static) {
        let mut act = Some(act);
        add(Box::new(move || {
            if let Some(act) = act.take() {
                act();
            }
            true
        }));
    }

    #[cfg(feature = "hydrate")]
    fn add(turn: Turn) {
        let is_first = WAITING.with_borrow_mut(|waiting| {
            waiting.push_back(turn);
            waiting.len() == 1
        });
        if is_first {
            rest(REST);
        }
    }

    /// Begins the turns after some frames.
    #[cfg(feature = "hydrate")]
    fn rest(frames: u32) {
        crate::browser::next_frame(move || match frames.checked_sub(1) {
            Some(frames) => rest(frames),
            None => next(),
        });
    }

    #[cfg(feature = "hydrate")]
    fn next() {
        // A turn stays in front until it is done, so that what it puts off asks for no frame of its own.
        let turn = WAITING.with_borrow_mut(|waiting| {
            let front = waiting.front_mut();
            front.map(|front| std::mem::replace(front, Box::new(|| true)))
        });
        let Some(mut turn) = turn else { return };
        let is_done = turn();
        let is_more = WAITING.with_borrow_mut(|waiting| {
            waiting.pop_front();
            if !is_done {
                waiting.push_front(turn);
            }
            !waiting.is_empty()
        });
        if is_more {
            crate::browser::next_frame(next);
        }
    }
}
