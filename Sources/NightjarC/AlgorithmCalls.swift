import CNightjar
import NightjarAlgorithms
import NightjarCore

@c @implementation package func nj_algorithm_count() -> Int { Catalog.all.count }

@c @implementation package func nj_algorithm_info(
    _ algorithm: UnsafeMutablePointer<nj_algorithm>!, _ index: Int
) -> Int32 {
    status { () throws(NightjarError) in
        let pointer = try NightjarError.required(algorithm)
        guard Catalog.all.indices.contains(index) else { throw .badArgument }
        try write(Catalog.all[index], to: pointer)
    }
}

@c @implementation package func nj_algorithm_named(
    _ algorithm: UnsafeMutablePointer<nj_algorithm>!, _ name: UnsafePointer<CChar>!
) -> Int32 {
    status { () throws(NightjarError) in
        let pointer = try NightjarError.required(algorithm)
        try write(NightjarC.algorithm(name), to: pointer)
    }
}

private func write(_ algorithm: Algorithm, to pointer: UnsafeMutablePointer<nj_algorithm>) throws(NightjarError) {
    var structure = nj_algorithm()
    Structures.fill(&structure.name, with: algorithm.name)
    structure.needs_height = algorithm.needs.contains(.height) ? 1 : 0
    structure.needs_seed = algorithm.needs.contains(.seed) ? 1 : 0
    structure.minimum_input = algorithm.inputLengths.lowerBound
    structure.maximum_input = algorithm.inputLengths.upperBound
    structure.nonce_offset = algorithm.nonceOffset
    structure.memory = UInt64(algorithm.memory)
    try Structures.write(structure, to: pointer)
}

@c @implementation package func nj_commitment(
    _ commitment: UnsafeMutablePointer<UInt8>!, _ input: UnsafePointer<UInt8>!, _ input_size: Int,
    _ digest: UnsafePointer<UInt8>!
) -> Int32 {
    status { () throws(NightjarError) in
        let commitment = try NightjarError.required(commitment)
        let proof = Algorithm.rx2.proof(try NightjarC.digest(digest), of: try bytes(input, input_size))
        proof.compared.store(to: commitment)
    }
}
