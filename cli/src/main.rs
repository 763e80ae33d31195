//! The telewire command.

fn main() {}
