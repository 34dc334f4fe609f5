//! Experiments: their list, and what can be changed of one.

mod create_experiment;
mod delete_experiment;
mod delete_experiment_tag;
mod describe_experiment;
mod get_activity;
mod get_experiment_settings;
pub(super) mod list_experiments;
mod load_demo;
mod rename_experiment;
mod restore_experiment;
mod set_experiment_tag;

functions! {
    ACTIVITY = get_activity::get_activity, GetActivity;
    CREATE_EXPERIMENT = create_experiment::create_experiment, CreateExperiment;
    DELETE_EXPERIMENT = delete_experiment::delete_experiment, DeleteExperiment;
    DELETE_EXPERIMENT_TAG = delete_experiment_tag::delete_experiment_tag, DeleteExperimentTag;
    DESCRIBE_EXPERIMENT = describe_experiment::describe_experiment, DescribeExperiment;
    EXPERIMENTS = list_experiments::list_experiments, ListExperiments;
    EXPERIMENT_SETTINGS = get_experiment_settings::get_experiment_settings, GetExperimentSettings;
    LOAD_DEMO = load_demo::load_demo, LoadDemo;
    RENAME_EXPERIMENT = rename_experiment::rename_experiment, RenameExperiment;
    RESTORE_EXPERIMENT = restore_experiment::restore_experiment, RestoreExperiment;
    SET_EXPERIMENT_TAG = set_experiment_tag::set_experiment_tag, SetExperimentTag;
}
