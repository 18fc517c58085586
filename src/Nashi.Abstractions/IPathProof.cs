namespace Nashi;

/// <summary>A raw stream that follows its remote to another address, once the layer above vouches for what came from there.</summary>
/// <remarks>Headers of packets are not authenticated: by themselves they must not move a stream. Thread-safe; cheap when nothing has moved.</remarks>
public interface IPathProof
{
    /// <summary>The first <paramref name="bytes"/> bytes that the stream delivered are authentic.</summary>
    void HandleAuthenticated(long bytes);
}
