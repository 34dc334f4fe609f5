//! What is on every page: search over everything, choices of the reader, diagnostics.

mod get_diagnostics;
mod look_up;
mod set_preferences;

functions! {
    DIAGNOSTICS = get_diagnostics::get_diagnostics, GetDiagnostics;
    LOOK_UP = look_up::look_up, LookUp;
    SET_PREFERENCES = set_preferences::set_preferences, SetPreferences;
}
