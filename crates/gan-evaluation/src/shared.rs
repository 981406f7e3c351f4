//! Samples that several processes draw and look at together.

use gan_collective::Collective;
use gan_metrics::Extracted;
use gan_weights::{NamedTensors, WeightFile, write_weight_file};

use crate::error::EvaluationError;
use crate::evaluator::Evaluator;
use crate::subject::Subject;

/// Under which a rank's part says what went wrong for it; empty where nothing did.
const PROBLEM: &str = "problem";

impl Evaluator {
    /// [`Evaluator::extract`], of which each of `ranks` does its part: rank 0 gets the whole, to the bit what
    /// one process sees. Every rank calls this, with an evaluator and a subject made alike.
    ///
    /// # Errors
    /// On every rank if samples cannot be drawn on any, or are none for this extractor.
    pub fn extract_among(
        &self,
        subject: &Subject,
        ranks: &dyn Collective,
    ) -> Result<Option<Extracted>, EvaluationError> {
        if ranks.ranks() == 1 {
            return self.extract(subject, &()).map(Some);
        }
        let (rank, count) = (ranks.rank(), self.count(subject));
        let begin = |rank: usize| count * rank / ranks.ranks();
        let own = self.tensors_of(subject, begin(rank)..begin(rank + 1), &());
        let (tensors, problem) = match &own {
            Ok(tensors) => (tensors, String::new()),
            Err(error) => (&NamedTensors::new(), error.to_string()),
        };
        let said = ranks.gather(&write_weight_file(tensors, PROBLEM, problem));
        own?;
        let mut parts = Vec::with_capacity(said.len());
        for (rank, said) in said.iter().enumerate() {
            let file = WeightFile::parse(said)?;
            let problem = file.metadata(PROBLEM).unwrap_or_default();
            if !problem.is_empty() {
                return Err(EvaluationError::Rank { rank, problem: problem.to_owned() });
            }
            let shapes = file.shapes().into_iter();
            let tensors = shapes.map(|(name, shape)| {
                let tensor = file.tensor(&name, &shape)?;
                Ok((name, tensor))
            });
            parts.push(tensors.collect::<Result<NamedTensors, EvaluationError>>()?);
        }
        (rank == 0).then(|| self.read(subject, &parts)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use burn::tensor::Device;
    use gan_collective::in_process;
    use gan_data::ImageSet;
    use gan_metrics::Sizes;

    use crate::{EvaluationSettings, Evaluator, ExtractorChoice, FeatureCache, Subject};

    #[test]
    fn ranks_see_together_what_one_process_sees_to_the_bit() {
        let bytes = |factor: u32| (0..784 * 301_u32).map(move |i| (i * factor % 251) as u8);
        let images =
            |factor| ImageSet::new("set", [1, 28, 28], bytes(factor).collect(), None).unwrap();
        let evaluator = || {
            let (real, device) = (images(7), Device::flex());
            let extractor = ExtractorChoice::named("mnistcnn").open(&real, &device).unwrap();
            let settings = EvaluationSettings { samples: 301, seed: 0, sizes: Sizes::MustAgree };
            Evaluator::new(extractor, device, settings, &real, FeatureCache::new(None)).unwrap()
        };
        let alone = evaluator().extract(&Subject::Images(images(11)), &()).unwrap();
        let threads: Vec<_> = in_process(3)
            .into_iter()
            .map(|rank| {
                let (evaluator, subject) = (evaluator(), Subject::Images(images(11)));
                thread::spawn(move || evaluator.extract_among(&subject, &rank).unwrap())
            })
            .collect();
        let mut seen = threads.into_iter().map(|thread| thread.join().unwrap());
        let first = seen.next().flatten().unwrap();
        assert_eq!(first.features.values(), alone.features.values());
        assert_eq!(format!("{:?}", first.classes), format!("{:?}", alone.classes));
        assert!(seen.all(|of_others| of_others.is_none()));
    }

    #[test]
    fn where_one_rank_cannot_look_all_hear_of_it() {
        let images = |shape: [usize; 3]| {
            let bytes = vec![9; 300 * shape.iter().product::<usize>()];
            ImageSet::new("set", shape, bytes, None).unwrap()
        };
        let threads: Vec<_> = in_process(2)
            .into_iter()
            .enumerate()
            .map(|(rank, ranks)| {
                let (real, device) = (images([1, 28, 28]), Device::flex());
                let extractor = ExtractorChoice::named("mnistcnn").open(&real, &device).unwrap();
                let settings = EvaluationSettings { samples: 50, seed: 0, sizes: Sizes::MustAgree };
                let cache = FeatureCache::new(None);
                let evaluator = Evaluator::new(extractor, device, settings, &real, cache).unwrap();
                let shape = if rank == 1 { [4, 8, 8] } else { [1, 28, 28] };
                let subject = Subject::Images(images(shape));
                thread::spawn(move || evaluator.extract_among(&subject, &ranks).map(|_| ()))
            })
            .collect();
        let errors: Vec<String> =
            threads.into_iter().map(|it| it.join().unwrap().unwrap_err().to_string()).collect();
        assert_eq!(errors[0], format!("rank 1: {}", errors[1]));
    }
}
