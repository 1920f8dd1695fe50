//! The state that was written last, kept by the thread that writes: who ticks item after item of a long list writes the
//! same one again and again, and reading it from its text takes longer than all else.

use std::cell::RefCell;

use domain::{Aggregate, AggregateRef};

use super::table::shown;
use super::{StoreError, Write};

thread_local! {
    static LAST: RefCell<Option<(String, Aggregate)>> = const { RefCell::new(None) };
}

/// The shown state and its text. What is kept stands for its text and for nothing else: whatever happened to the store
/// since, rolled back or restored, the text that stands there now decides.
pub(super) fn take(
    tx: &Write<'_>,
    of: AggregateRef,
) -> Result<(Option<Aggregate>, Option<String>), StoreError> {
    let kept = LAST.take().filter(|(_, state)| state.of() == of);
    let Some(text) = shown::text(tx.tx(), of)? else { return Ok((None, None)) };
    let state = match kept {
        Some((known, state)) if known == text => state,
        _ => shown::parse(of, &text)?,
    };
    Ok((Some(state), Some(text)))
}

/// Keeps a state with its text.
pub(super) fn keep(text: Option<String>, state: Option<Aggregate>) {
    LAST.set(text.zip(state));
}
