using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Hyperdrive.Drives;

/// <summary>Where a drive's two cores come from.</summary>
internal interface IDriveCores
{
    /// <summary>Opens a core by its key; makes it from the manifest and key pair in <paramref name="options"/> when it is new.</summary>
    ValueTask<Core> OpenAsync(CoreKey key, CoreOptions options, CancellationToken cancellationToken);

    /// <summary>Opens this store's own core of a name; makes it when it is new.</summary>
    ValueTask<Core> OpenOwnAsync(string name, CoreOptions options, CancellationToken cancellationToken);

    /// <summary>The key pair of this store's own core of a name.</summary>
    KeyPair KeyPairOf(string name);
}
