//! `cxtop` is to customer experience what `top` is to a machine: one binary, over SSH, live. It loads event and survey
//! files into an embedded `DuckDB`, runs a team's saved SQL queries, and redraws the panels when the files change.
//!
//! ```text
//! files → store → queries → panels → dashboard → screen        app wires, main.rs starts
//!               ↖ analysis (pure: slices in, numbers out)
//!                                  ↖ manual (pure: the page that help shows)
//! ```
//!
//! A stage uses only stages to its left; `tests/it/layers.rs` holds the house to it. How a change travels: a file
//! grows → the watcher says so → whole new records are read → rows and offset commit in one transaction → the table's
//! version rises → panels whose SQL reads that table are asked again → the screen draws once.
//!
//! | word | meaning |
//! |---|---|
//! | workspace | a `queries/` folder: sources, queries, dashboards, the journey map, tests |
//! | source | files (a glob) that feed one table |
//! | store | the `DuckDB` database: in memory by default, a file with `--db` |
//! | customer | the unit counted: column `customer_id` |
//! | journey | one customer's events in time order |
//! | query | one `.sql` file; `kind` says how it is drawn |
//! | journey map | `journey.toml`: stages and touchpoints, each with its metric, goal and owner |
//! | panel | a query's result on screen; a dashboard is a grid of panels with shared filters |
//! | cohort | customers who started in the same period |
//! | segment | a saved group of customers: a query that returns `customer_id` |
//! | goal | target for a column of a query's result |
//! | reject | an input record that could not be loaded, kept with file, line and reason |
//! | manual | the page that explains the SQL functions: help on screen, `cxtop functions`, `docs/functions.md` |
//!
//! | room | what happens there |
//! |---|---|
//! | `error`, `text` | the floor all rooms stand on: the one error type; text from data made harmless |
//! | `files` | find, watch, follow and parse input files → typed batches, rejects, checkpoints |
//! | `analysis` | pure: funnels, retention, activity, paths over one customer; intervals, anomalies, the calendar |
//! | `store` | open, lock and fill the database, keep journeys, turn calls of analyses into SQL; run SQL → `Table` |
//! | `queries` | the workspace folder: headers, parameters, the gate, the journey map, check, test |
//! | `export` | `Table` → CSV, JSON, Markdown, Parquet, text |
//! | `panels` | `Table` → plain data ready to draw, one file for each kind |
//! | `manual` | the reference page of the functions, `docs/functions.md`, laid out for any width; pure |
//! | `dashboard` | everything on show; `update(Event) → Vec<Request>`; pure |
//! | `screen` | draws `&Dashboard`; keys → `Command`; the terminal in and out |
//! | `sample` | the made-up company that `cxtop generate` writes |
//! | `args`, `commands` | the command line, and one file for each command |
//! | `app` | threads, channels, the live loop |

pub mod error;
pub mod text;

pub mod files;

pub mod analysis;

pub mod store;

pub mod queries;

pub mod export;

pub mod panels;

pub mod manual;

pub mod dashboard;

pub mod screen;

pub mod sample;

pub mod args;
pub mod commands;

pub mod app;
