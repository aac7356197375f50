use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use ring::hmac;
use ring::rand::SystemRandom;

use crate::backend::{BackendError, Result};

/// What to store instead of a password.
pub(super) fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(other)?;
    Ok(hash.to_string())
}

/// Compares passwords with what is stored.
///
/// That is slow on purpose, and every request of a device carries the password: one that was right is known
/// again by a keyed digest, under a key that never leaves this process, as long as what is stored stays the same.
#[derive(Debug)]
pub(super) struct Verifier {
    key: hmac::Key,
    known: Mutex<HashMap<i64, (String, hmac::Tag)>>,
}

impl Verifier {
    pub(super) fn new() -> Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| BackendError::Other("the system gives no random numbers".into()))?;
        Ok(Self { key, known: Mutex::default() })
    }

    /// Whether the password is that of the user with this stored hash.
    pub(super) fn verify(&self, user: i64, stored: &str, password: &str) -> Result<bool> {
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((hash, tag)) = known.get(&user)
                && hash == stored
                && hmac::verify(&self.key, password.as_bytes(), tag.as_ref()).is_ok()
            {
                return Ok(true);
            }
        }
        let parsed = PasswordHash::new(stored)
            .map_err(|error| BackendError::Corrupt(format!("the password of user {user}: {error}")))?;
        let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        if right {
            let entry = (stored.to_owned(), hmac::sign(&self.key, password.as_bytes()));
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(user, entry);
        }
        Ok(right)
    }

    /// Takes as long as a comparison, so that nobody learns from the time which names exist.
    pub(super) fn verify_nothing(password: &str) {
        static NOBODY: OnceLock<Option<String>> = OnceLock::new();
        if let Some(stored) = NOBODY.get_or_init(|| hash("").ok())
            && let Ok(parsed) = PasswordHash::new(stored)
        {
            let _ = Argon2::default().verify_password(password.as_bytes(), &parsed);
        }
    }
}

fn other(error: argon2::password_hash::Error) -> BackendError {
    BackendError::Other(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_only_while_the_stored_hash_is_the_same() {
        let verifier = Verifier::new().unwrap();
        let (first, second) = (hash("one").unwrap(), hash("two").unwrap());
        assert!(first.starts_with("$argon2id$"));
        assert!(!first.contains("one"));
        assert!(!verifier.verify(1, &first, "two").unwrap());
        assert!(verifier.known.lock().unwrap().is_empty(), "a wrong password is not remembered");
        assert!(verifier.verify(1, &first, "one").unwrap());
        assert!(verifier.known.lock().unwrap().contains_key(&1));
        assert!(verifier.verify(1, &first, "one").unwrap(), "from memory");
        assert!(!verifier.verify(1, &first, "two").unwrap());
        assert!(!verifier.verify(1, &second, "one").unwrap(), "the password was changed");
        assert!(verifier.verify(1, &second, "two").unwrap());
        assert!(!verifier.verify(2, &second, "one").unwrap(), "what is remembered is one user's");
    }

    #[test]
    fn a_hash_that_is_none_is_corrupt_data() {
        assert!(matches!(
            Verifier::new().unwrap().verify(1, "secret", "secret"),
            Err(BackendError::Corrupt(_))
        ));
    }
}
