//! The state that was written last, kept by the thread that writes: who ticks item after item of a long list writes the
//! same one again and again, and reading it, or its text, takes longer than all else.

use std::cell::RefCell;

use domain::{Aggregate, AggregateRef};

use super::table::shown;
use super::{StoreError, Write};

struct Kept {
    text: String,
    state: Aggregate,
    /// How many rows this connection had changed since it was opened.
    changes: u64,
}

thread_local! {
    static LAST: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// The shown state and its text. Where this connection, the only one that writes, changed nothing since, they are what
/// was kept; otherwise the text that stands there now decides.
pub(super) fn take(
    tx: &Write<'_>,
    of: AggregateRef,
) -> Result<(Option<Aggregate>, Option<String>), StoreError> {
    let kept = LAST.take().filter(|kept| kept.state.of() == of);
    let changes = tx.tx().total_changes();
    let kept = match kept {
        Some(Kept { text, state, changes: then }) if then == changes => return Ok((Some(state), Some(text))),
        kept => kept,
    };
    let Some(text) = shown::text(tx.tx(), of)? else { return Ok((None, None)) };
    let state = match kept {
        Some(kept) if kept.text == text => kept.state,
        _ => shown::parse(of, &text)?,
    };
    Ok((Some(state), Some(text)))
}

/// Keeps a state with its text, as they were just written.
pub(super) fn keep(tx: &Write<'_>, text: Option<String>, state: Option<Aggregate>) {
    let changes = tx.tx().total_changes();
    LAST.set(text.zip(state).map(|(text, state)| Kept { text, state, changes }));
}

/// Lets go of it: what was written was rolled back, which the count of changes does not show.
pub(super) fn forget() {
    LAST.set(None);
}
