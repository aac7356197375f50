//! Every step is checked, and the first check that fails says where, what was expected, and what was found.

use std::fmt::{Debug, Display};

/// What a step gives.
pub(super) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{step}: expected {expected}, found {found}")]
pub struct Failure {
    /// The step of the tour, by its title.
    pub step: &'static str,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// Checks, and counts them.
#[derive(Debug)]
pub(super) struct Checks {
    step: &'static str,
    held: u64,
}

impl Checks {
    /// The first step begins.
    pub(super) fn new(step: &'static str) -> Self {
        Self { step, held: 0 }
    }

    /// Another step begins.
    pub(super) fn begin(&mut self, step: &'static str) {
        self.step = step;
    }

    /// How many checks held.
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    /// Two values that must be equal; `what` they are.
    pub(super) fn equal<E, F>(&mut self, what: impl Display, expected: &E, found: &F) -> Result<()>
    where
        E: PartialEq<F> + Debug + ?Sized,
        F: Debug + ?Sized,
    {
        self.ensure(
            expected == found,
            || format!("{what} {}", short(&format!("{expected:?}"))),
            || short(&format!("{found:?}")),
        )
    }

    /// A condition that must hold.
    pub(super) fn ensure<E: Into<String>, F: Into<String>>(
        &mut self,
        holds: bool,
        expected: impl FnOnce() -> E,
        found: impl FnOnce() -> F,
    ) -> Result<()> {
        if !holds {
            return Err(self.failure(expected(), found()));
        }
        self.held += 1;
        Ok(())
    }

    /// Something that must succeed; `what` it gives.
    pub(super) fn done<T, E: Display>(&mut self, what: impl Display, result: Result<T, E>) -> Result<T> {
        match result {
            Ok(value) => {
                self.held += 1;
                Ok(value)
            }
            Err(error) => Err(self.failure(what.to_string(), format!("an error: {error:#}"))),
        }
    }

    /// Something that must be there; `what` it is.
    pub(super) fn there<T>(&mut self, what: impl Display, found: Option<T>) -> Result<T> {
        match found {
            Some(value) => {
                self.held += 1;
                Ok(value)
            }
            None => Err(self.failure(what.to_string(), "none")),
        }
    }

    pub(super) fn failure(&self, expected: impl Into<String>, found: impl Into<String>) -> Failure {
        Failure { step: self.step, expected: expected.into(), found: found.into() }
    }
}

/// As much as a person reads: a message of a megabyte is no help.
fn short(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} … ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_with_step_expected_and_found() {
        let mut checks = Checks::new("Synchronization");
        checks.equal("the number of messages", &3, &3).unwrap();
        checks.begin("Push");
        let failure = checks.equal("the subject", "Tides", &String::from("Seals")).unwrap_err();
        assert_eq!(failure.to_string(), "Push: expected the subject \"Tides\", found \"Seals\"");
        let failure = checks.done("an answer", Err::<(), _>("connection refused")).unwrap_err();
        assert_eq!(failure.to_string(), "Push: expected an answer, found an error: connection refused");
        assert_eq!(checks.held(), 1, "what fails does not count");
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let failure =
            Checks::new("Comparison").equal("the text", &"ä".repeat(500), &String::new()).unwrap_err();
        assert!(failure.expected.ends_with("… (502 characters)"), "{}", failure.expected);
        assert!(failure.expected.chars().count() < 200);
    }
}
