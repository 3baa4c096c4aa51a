//! Parameters: from what was given and what the header declares to the values of one run.

use crate::store::Value;

/// The values of one run: those that are known, and those that an expression still has to give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bound {
    /// Known values by parameter name.
    pub values: Vec<(String, Value)>,
    /// SQL expressions by parameter name; they may use `$today`.
    pub computed: Vec<(String, String)>,
}
