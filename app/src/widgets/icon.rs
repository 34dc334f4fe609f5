//! Icons: one path each, drawn with the text's colour.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    /// Horizontal bars: traces.
    Traces,
    /// Columns: figures.
    Chart,
    /// A play mark: runs.
    Runs,
    /// Stacked boxes: experiments.
    Experiments,
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// An exclamation mark in a circle: failed.
    Alert,
    /// A clock: running.
    Clock,
    /// A small dot: nothing said.
    Dot,
    /// Two sheets: copy.
    Copy,
    /// A magnifier.
    Search,
    /// A chevron to the right.
    Chevron,
    /// A thumb up.
    ThumbUp,
    /// A thumb down.
    ThumbDown,
    /// A star: rate.
    Star,
    /// A person.
    Person,
    /// A gavel: a model that judges.
    Gavel,
    /// Angle brackets: code.
    Code,
    /// A speech bubble.
    Comment,
    /// A plus.
    Plus,
    /// A minus.
    Minus,
    /// A bar between two walls: all of it.
    Fit,
    /// A pen.
    Edit,
    /// A bin.
    Delete,
    /// A sun.
    Sun,
    /// A moon.
    Moon,
    /// Half light, half dark: as the system.
    System,
    /// An arrow to another place.
    Open,
    /// A table with one of its columns marked.
    Column,
    /// Sliders: what can be chosen.
    Settings,
    /// Two arrows to the left: fold.
    Fold,
    /// Two arrows to the right: unfold.
    Unfold,
    /// Span kind: diamond in circle.
    Agent,
    /// Span kind: spark.
    Llm,
    /// Span kind: wrench.
    Tool,
    /// Span kind: magnifier over page.
    Retriever,
    /// Span kind: vector dots.
    Embedding,
    /// Span kind: stacked disks.
    Memory,
    /// Span kind: shield.
    Guardrail,
    /// Span kind: link.
    Chain,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            Self::Traces => "M2 4h9M5 8h9M4 12h6",
            Self::Chart => "M3 13.5v-5M8 13.5v-11M13 13.5v-8",
            Self::Runs => "M5 3.2v9.6L12.5 8z",
            Self::Experiments => {
                "M2.5 5 8 2.5 13.5 5 8 7.5zM2.5 8 8 10.5 13.5 8M2.5 11 8 13.5 13.5 11"
            }
            Self::Check => "m3 8.5 3.2 3.2L13 5",
            Self::Cross => "m4 4 8 8M12 4l-8 8",
            Self::Alert => "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 5v3.6M8 10.9v.1",
            Self::Clock => "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 4.6V8l2.4 1.6",
            Self::Dot => "M8 7v2M7 8h2",
            Self::Copy => "M6 5.5h7.5v8H6zM3.5 10.5h-1v-8H10v1",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.4 3.4",
            Self::Chevron => "m6 4 4 4-4 4",
            Self::ThumbUp => {
                "M5 7.5 7.6 2.4c1 0 1.6.8 1.4 1.8L8.6 6.5h4c.8 0 1.3.7 1.1 1.4l-1.2 4.7c-.1.5-.6.9-1.1.9H5zM2.5 7.5H5v6H2.5z"
            }
            Self::ThumbDown => {
                "M5 8.5l2.6 5.1c1 0 1.6-.8 1.4-1.8L8.6 9.5h4c.8 0 1.3-.7 1.1-1.4l-1.2-4.7c-.1-.5-.6-.9-1.1-.9H5zM2.5 8.5H5v-6H2.5z"
            }
            Self::Star => "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
            Self::Person => {
                "M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.8 13.5c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4"
            }
            Self::Gavel => {
                "m7 2.5 4.5 4.5M5 4.5 9.5 9M6 3.5l-2 2M10.5 8l-2 2M8.5 7.5l-5.5 5.5M9 13.5h5"
            }
            Self::Code => "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
            Self::Comment => "M2.5 3h11v8H7.5L4.5 13.5V11h-2z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Minus => "M3 8h10",
            Self::Fit => "M2.5 3v10M13.5 3v10M5 8h6",
            Self::Edit => "M10.5 2.8l2.7 2.7-7.5 7.5-3.2.5.5-3.2z",
            Self::Delete => "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
            Self::Sun => {
                "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7"
            }
            Self::Moon => "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z",
            Self::System => "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
            Self::Column => "M2.5 3h11v10h-11zM6.5 3v10M9.5 3v10M7 5.5h2M7 8h2M7 10.5h2",
            Self::Settings => "M2 5h6M11 5h3M2 11h3M8 11h6M9.5 3.3v3.4M6.5 9.3v3.4",
            Self::Fold => "m8 4-4 4 4 4M12.5 4l-4 4 4 4",
            Self::Unfold => "m3.5 4 4 4-4 4M8 4l4 4-4 4",
            Self::Open => "M9 2.5h4.5V7M13 3 7.5 8.5M11.5 9v4.5h-9v-9H7",
            Self::Agent => {
                "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 4.8 11.2 8 8 11.2 4.8 8z"
            }
            Self::Llm => "M8 1.8 9.5 6.5 14.2 8 9.5 9.5 8 14.2 6.5 9.5 1.8 8 6.5 6.5z",
            Self::Tool => {
                "M9.5 6.5a3.3 3.3 0 0 1 4-4.2L11.3 4.5l.3 1.6 1.6.3 2-2a3.3 3.3 0 0 1-4.2 4L5 14.2 1.9 11z"
            }
            Self::Retriever => {
                "M10 13.5H3v-11h8v3M9.5 6.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M11.4 10.8l2.3 2.3"
            }
            Self::Embedding => {
                "M3 12.5h.1M6.5 6.5h.1M9.5 10h.1M13 3.5h.1M6 12.5h.1M12.5 12h.1M3.5 3.5h.1M9.5 5h.1"
            }
            Self::Memory => {
                "M3 4.2c0-2.4 10-2.4 10 0s-10 2.4-10 0v7.6c0 2.4 10 2.4 10 0V4.2M3 8c0 2.4 10 2.4 10 0"
            }
            Self::Guardrail => "M8 1.8 13 3.8v4c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4v-4z",
            Self::Chain => {
                "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.4-2.4a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.1 9.2a2.6 2.6 0 0 0 3.7 3.7l.8-.8"
            }
        }
    }
}

/// An icon of 16 pixels. Says nothing to assistive technology: the text beside it, or its button's name, does.
#[component]
pub fn Icon(
    /// Which.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=name.path()></path>
        </svg>
    }
}
