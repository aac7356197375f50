//! State that ends with the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Batch, Operation, StateError, StateStore, Table};

/// Keeps records in memory: for trying things out, and for clients that start over each time.
#[derive(Debug, Default)]
pub struct MemoryState {
    records: Mutex<BTreeMap<(Table, String, String), Vec<u8>>>,
}

impl MemoryState {
    /// An empty state.
    pub fn new() -> Self {
        Self::default()
    }
}

impl StateStore for MemoryState {
    fn get(&self, table: Table, scope: &str, id: &str) -> Result<Option<Vec<u8>>, StateError> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.get(&(table, scope.to_owned(), id.to_owned())).cloned())
    }

    fn list(&self, table: Table, scope: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records
            .range((table, scope.to_owned(), String::new())..)
            .take_while(|((of, within, _), _)| *of == table && within == scope)
            .map(|((_, _, id), value)| (id.clone(), value.clone()))
            .collect())
    }

    fn write(&self, batch: &Batch) -> Result<(), StateError> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        for operation in batch.operations() {
            match operation {
                Operation::Put { table, scope, id, value } => {
                    records.insert((*table, scope.clone(), id.clone()), value.clone());
                }
                Operation::Remove { table, scope, id } => {
                    records.remove(&(*table, scope.clone(), id.clone()));
                }
                Operation::RemoveAll { table, scope } => {
                    records.retain(|(of, within, _), _| of != table || within != scope);
                }
            }
        }
        Ok(())
    }
}
