//! Words: of each action in the audit log, and of what was just done.

/// What is written down: its code, as a deed that was done, and as one that was not.
const ACTIONS: [(&str, &str, &str); 27] = [
    ("sign_in", "signed in", "sign-in"),
    ("sign_out", "signed out", "signing out"),
    ("sign_in_end", "signed a browser out", "signing a browser out"),
    ("password", "changed the password", "change of the password"),
    ("user_add", "added a user", "adding a user"),
    ("user_role", "changed a role", "change of a role"),
    ("user_disable", "disabled a user", "disabling a user"),
    ("user_enable", "enabled a user", "enabling a user"),
    ("user_password", "gave a new password", "new password"),
    ("token_create", "made a token", "making a token"),
    ("token_revoke", "revoked a token", "revoking a token"),
    ("command_run", "asked for a run", "asking for a run"),
    ("command_import", "asked for an import", "asking for an import"),
    ("command_indicators", "asked for indicators", "asking for indicators"),
    ("command_patterns", "asked for patterns", "asking for patterns"),
    ("command_cache_sync", "asked for a cache sync", "asking for a cache sync"),
    ("command_retry", "asked for a retry", "asking for a retry"),
    ("command_cancel", "asked for the end of a run", "asking for the end of a run"),
    ("command_accept", "accepted a night", "accepting a night"),
    ("command_schedule", "asked for another schedule", "asking for another schedule"),
    ("schedule_add", "added to the schedule", "adding to the schedule"),
    ("schedule_change", "changed the schedule", "change of the schedule"),
    ("schedule_remove", "removed from the schedule", "removing from the schedule"),
    ("schedule_skip", "skipped a day", "skipping a day"),
    ("schedule_pause", "paused the schedule", "pausing the schedule"),
    ("schedule_resume", "let the schedule fire again", "letting the schedule fire again"),
    ("schedule_by", "changed who fires", "change of who fires"),
];

/// The codes of all actions.
pub fn actions() -> impl Iterator<Item = &'static str> {
    ACTIONS.into_iter().map(|(code, _, _)| code)
}

/// An action's words, for a choice.
pub(super) fn action(code: &str) -> String {
    let known = ACTIONS.into_iter().find(|(known, _, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, did, _)| did.to_owned())
}

/// What a line says: "signed in", "sign-in refused: wrong".
pub(super) fn deed(code: &str, outcome: &str) -> String {
    let known = ACTIONS.into_iter().find(|(known, _, _)| *known == code);
    match (known, outcome) {
        (Some((_, did, _)), "done") => did.to_owned(),
        (Some((_, _, noun)), "refused") => format!("{noun} refused"),
        (Some((_, _, noun)), why) => format!("{noun} refused: {why}"),
        // What another version wrote.
        (None, "done") => code.to_owned(),
        (None, why) => format!("{code}: {why}"),
    }
}

/// What an address may say was done, in words: nothing that stands in an address is shown as it is.
const DONE: [(&str, &str); 9] = [
    ("password", "Your password is changed. Your other browsers are signed out."),
    ("signed-out", "That browser is signed out."),
    ("signed-out-all", "All your other browsers are signed out."),
    ("alone", "No other browser was signed in."),
    ("role", "The role is changed. It counts at once."),
    ("disabled", "The user is disabled, and signed out everywhere."),
    ("enabled", "The user may sign in again."),
    ("revoked", "The token is revoked. It is refused from now on."),
    ("same", "Nothing was to be changed."),
];

/// The sentence for a code, if there is one.
#[must_use]
pub fn done(code: &str) -> Option<&'static str> {
    DONE.into_iter().find(|(known, _)| *known == code).map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_that_was_not_done_says_why() {
        assert_eq!(deed("sign_in", "done"), "signed in");
        assert_eq!(deed("sign_in", "wrong"), "sign-in refused: wrong");
        assert_eq!(deed("user_role", "refused"), "change of a role refused");
        assert_eq!(deed("warp", "done"), "warp");
        assert_eq!((done("role").is_some(), done("<script>")), (true, None));
    }
}
