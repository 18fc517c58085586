namespace Nashi.Hyperdrive;

/// <summary>Changes a file's content on its way.</summary>
/// <param name="path">Which file.</param>
/// <param name="content">Its content.</param>
/// <returns>What to store; <paramref name="content"/> itself to leave the file as it is.</returns>
public delegate IAsyncEnumerable<ReadOnlyMemory<byte>> MirrorTransformer(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> content);
