//! Values that must not be read by accident: tokens and keys.
//!
//! The type stands in this crate because everything that comes out of Talkdesk as a secret begins its life here; the
//! desktop's engine and the service use the same one.

use std::fmt;

use serde::{Deserialize, Deserializer};
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

/// A secret can come in; there is no way to write it out but [`Secret::expose`].
impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
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
