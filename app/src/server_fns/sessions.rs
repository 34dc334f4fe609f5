//! Sessions and users.

mod get_session;
mod get_steps;
mod get_user;
#[cfg(feature = "ssr")]
pub(super) mod groups;
mod list_sessions;
mod list_users;
mod rate_session;
mod rate_turn;
#[cfg(feature = "ssr")]
mod turn;

functions! {
    RATE_SESSION = rate_session::rate_session, RateSession;
    RATE_TURN = rate_turn::rate_turn, RateTurn;
    SESSION = get_session::get_session, GetSession;
    SESSIONS = list_sessions::list_sessions, ListSessions;
    STEPS = get_steps::get_steps, GetSteps;
    USER = get_user::get_user, GetUser;
    USERS = list_users::list_users, ListUsers;
}
