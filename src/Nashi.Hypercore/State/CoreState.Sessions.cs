using Nashi.Cryptography;
using Nashi.Hypercore.Manifests;

namespace Nashi.Hypercore.State;

/// <content>Sessions of a core that a store keeps open for all of them.</content>
internal sealed partial class CoreState
{
    /// <summary>Takes a key pair, and the manifest that explains it, given after the core was opened without.</summary>
    public async ValueTask AdoptAsync(CoreOptions options)
    {
        if (Volatile.Read(ref _keyPair) is not null || options.KeyPair is not { } pair) return;
        await RunAsync(_ => Adopt(pair, options.Manifest)).ConfigureAwait(false);
    }

    private void Adopt(KeyPair pair, Manifest? manifest)
    {
        if (_keyPair is not null) return;
        var isNews = _verifier is null;
        if (isNews && (manifest ?? GuessManifest(Key, pair)) is { } known && known.Describes(Key)) _verifier = new CoreVerifier(Key, known);
        if (_verifier is not { } verifier || !verifier.CanSign(pair)) return;
        _keyPair = pair;
        StoreIdentity();
        if (isNews) Replicator?.OnManifest();
    }
}
