using Nashi.Cryptography;

namespace Nashi.SecretStream;

/// <summary>Two connected message streams.</summary>
/// <param name="Initiator">The side that opened the connection.</param>
/// <param name="Responder">The side that was called.</param>
public sealed record MessageStreamPair(IMessageStream Initiator, IMessageStream Responder) : IAsyncDisposable
{
    /// <summary>Connects two streams in memory, without encryption: for tests and for replication inside one process.</summary>
    /// <param name="random">Keys and the shared handshake hash come from here; the system's by default.</param>
    /// <param name="highWaterMark">Bytes queued in one direction before writers are asked to wait.</param>
    public static MessageStreamPair CreateInMemory(IRandom? random = null, int highWaterMark = 256 * 1024)
    {
        random ??= SystemRandom.Instance;
        using var first = KeyPair.Generate(random);
        using var second = KeyPair.Generate(random);
        var hash = new byte[64];
        random.Fill(hash);
        var (there, back) = (new MessageQueue(highWaterMark), new MessageQueue(highWaterMark));
        return new(
            new InMemoryMessageStream(true, first.PublicKey, second.PublicKey, hash, there, back),
            new InMemoryMessageStream(false, second.PublicKey, first.PublicKey, hash, back, there));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Initiator.DisposeAsync().ConfigureAwait(false);
        await Responder.DisposeAsync().ConfigureAwait(false);
    }
}
