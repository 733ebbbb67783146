//! The one table that the benchmarks end with.

/// One measured thing.
pub struct Figure {
    /// Its name in the house's list of benchmarks.
    pub id: &'static str,
    /// What was measured.
    pub what: String,
    /// The figure with its unit.
    pub figure: String,
    /// What it must reach.
    pub goal: &'static str,
    /// Whether it does.
    pub is_reached: bool,
}

/// The figures as a table of Markdown.
pub fn print(figures: &[Figure]) -> String {
    let mut table = String::from("\n| id | what | figure | must reach | |\n|---|---|---|---|---|\n");
    for Figure { id, what, figure, goal, is_reached } in figures {
        let verdict = if *is_reached { "reached" } else { "MISSED" };
        table.push_str(&format!("| {id} | {what} | {figure} | {goal} | {verdict} |\n"));
    }
    table
}
