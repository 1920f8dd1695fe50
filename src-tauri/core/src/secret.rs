//! Values that must not be read by accident: tokens and keys.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A value that shows itself only where it is asked to: `Debug` and `Display` redact it, nothing serialises it, and
/// its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes a value in.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. Each call of this is a place to look at in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<T: Zeroize> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_only_where_it_is_asked_to() {
        #[derive(Debug)]
        struct Holder {
            _token: Option<Secret<String>>,
        }
        let secret = Secret::new("correct horse".to_owned());
        assert_eq!(secret.expose(), "correct horse");
        let holder = Holder { _token: Some(secret.clone()) };
        for shown in
            [format!("{secret}"), format!("{secret:?}"), format!("{secret:#?}"), format!("{holder:?}")]
        {
            assert!(shown.contains("[secret]") && !shown.contains("horse"), "{shown}");
        }
    }
}
