//! Names of the feedback that the viewer itself writes.

/// Thumb up (`true`) or down (`false`).
pub const THUMB: &str = "thumbs_up";
/// 1 to 5.
pub const SCORE: &str = "user_rating";
/// A comment without a rating.
pub const COMMENT: &str = "user_comment";
/// Thumb up or down for a whole session.
pub const SESSION_THUMB: &str = "session_thumbs_up";
/// The source of a rating whose author gave no name.
pub const ANONYMOUS: &str = "web_ui";
