//! What has no answer is refused, and the refusal says what to do.

use gan_metrics::{
    CategoryData, Cells, ClassProbabilities, Features, MetricError, ModeHits, Neighbourhood,
    Statistics, category_report, category_shares, class_score, data_copying, fd_infinity,
    frechet_distance, kernel_distance, mean_pairwise_distance, uniform_shares,
};

use crate::synthetic::{Normal, plain};

#[track_caller]
fn refused<T>(result: Result<T, MetricError>, says: &str) {
    let message = result.map(|_| ()).expect_err("should have been refused").to_string();
    assert!(message.contains(says), "{message}");
}

#[test]
fn a_number_that_is_not_finite_is_named_by_its_row() {
    refused(Features::new(2, 2, vec![0.0, 1.0, 2.0, f32::NAN]), "row 1 holds NaN in column 1");
    refused(Features::new(1, 2, vec![f32::INFINITY, 0.0]), "row 0 holds inf");
    refused(Features::new(2, 2, vec![0.0; 5]), "5 numbers do not make 2 rows of 2");
    refused(Features::new(usize::MAX, 2, vec![]), "do not make");
    refused(Features::new(0, 0, vec![]), "do not make");
}

#[test]
fn too_few_samples_are_refused_by_each_metric() {
    let few = Normal::new(1).features(3, 2);
    refused(frechet_distance(&few, &few, plain()), "needs at least 4 samples");
    refused(fd_infinity(&few, &few, plain()), "needs at least 200 samples");
    refused(kernel_distance(&few, &few, plain()), "needs at least 4 samples");
    refused(Neighbourhood::of(&few, 5, plain(), 1), "needs at least 12 samples");
    refused(mean_pairwise_distance(&few, plain()), "needs at least 4 samples");
    refused(Cells::k_means(&few, 4, 1), "needs at least 4 samples");
    refused(Statistics::of(&few.select(&[0])), "needs at least 2 samples");
    refused(category_shares(&[], 3), "needs at least 1 samples");
    let one = ClassProbabilities::from_logits(&few.select(&[0]));
    refused(class_score(&one, plain()), "needs at least 2 samples");
    let cells = Cells::k_means(&few, 1, 1).unwrap();
    refused(data_copying(&few, &few, &few, &cells, plain()), "needs at least 21 samples");
}

#[test]
fn other_dimensions_are_refused() {
    let (a, b) = (Normal::new(1).features(20, 2), Normal::new(1).features(20, 3));
    refused(
        frechet_distance(&a, &b, plain()),
        "the fake set has 3 dimensions, the reference has 2",
    );
    refused(kernel_distance(&a, &b, plain()), "has 3 dimensions");
}

#[test]
fn classes_that_cannot_be_are_refused() {
    refused(category_shares(&[0, 3], 3), "sample 1 is of class 3, but there are only 3");
    refused(ModeHits::of_stacked_digits(&[[0, 0, 10]]), "class 10");
    refused(
        category_report(&[0, 1], CategoryData::Shares(&[1.0, 0.0]), plain()),
        "class 1, which the data does not have",
    );
    let uniform = uniform_shares(2);
    assert!(category_report(&[0, 1], CategoryData::Shares(&uniform), plain()).is_ok());
    let off = Features::new(1, 2, vec![0.5, 0.6]).unwrap();
    refused(ClassProbabilities::from_probabilities(&off), "row 0");
}

#[test]
fn an_empty_cell_is_named() {
    let mut normal = Normal::new(2);
    let training = normal.features(100, 2);
    let means = Features::new(2, 2, vec![0.0, 0.0, 90.0, 90.0]).unwrap();
    let cells = Cells::around(means).unwrap();
    let far = crate::synthetic::shifted(&normal.features(50, 2), 90.0);
    refused(data_copying(&training, &training, &far, &cells, plain()), "cell 1 holds no training");
}

#[test]
fn a_matrix_that_is_no_covariance_is_refused() {
    refused(Statistics::new(vec![0.0; 2], vec![1.0, 0.5, 0.4, 1.0]), "(0, 1) and (1, 0) differ");
    refused(Statistics::new(vec![0.0; 2], vec![1.0, 0.0, 0.0, -1.0]), "dimension 1 is negative");
    refused(Statistics::new(vec![0.0; 2], vec![1.0; 3]), "3 numbers");
    refused(Statistics::new(vec![0.0, f64::NAN], vec![1.0, 0.0, 0.0, 1.0]), "row 0 holds NaN");
}
