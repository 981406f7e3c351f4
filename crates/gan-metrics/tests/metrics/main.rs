//! What the metrics promise: they agree with public implementations, see the defects that they are
//! for, and answer or refuse clearly.

mod agreement;
mod defects;
mod files;
mod floors;
mod made;
mod refusals;
mod suite;
