namespace Nashi.Udx.Tests;

/// <summary>Tests that measure the whole process run by themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
