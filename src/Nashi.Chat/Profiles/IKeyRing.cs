namespace Nashi.Chat.Profiles;

/// <summary>Where the operating system keeps secrets for a user who is logged in.</summary>
public interface IKeyRing
{
    /// <summary>The secret kept under an id; null when there is none, or the user refused.</summary>
    ValueTask<byte[]?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Keeps a secret; false when the key ring did not take it.</summary>
    ValueTask<bool> PutAsync(string id, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default);
}
