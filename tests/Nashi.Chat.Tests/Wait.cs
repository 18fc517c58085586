namespace Nashi.Chat.Tests;

/// <summary>Waits for what rooms come to.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(Room room, Func<bool> isTrue, string? what = null) => UntilAsync([room], () => Task.FromResult(isTrue()), what);

    public static async Task UntilAsync(Room[] rooms, Func<Task<bool>> isTrue, string? what = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var turned = Task.WhenAny(rooms.Select(room => room.Turned));
            if (await isTrue()) return;
            try
            {
                await turned.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what ?? "It"} did not come to be:\n{string.Join('\n', rooms.Select(Describe))}");
            }
        }
    }

    /// <summary>Waits until all rooms have the same log, of at least a length.</summary>
    public static Task SameAsync(ulong length, params Room[] rooms) =>
        UntilAsync(rooms, () => Task.FromResult(rooms.All(room => room.Length >= length && room.Length == rooms[0].Length && room.Handler.Log.TreeHash == rooms[0].Handler.Log.TreeHash)), $"{length} lines, the same for all");

    /// <summary>Waits until somebody reads what is expected.</summary>
    public static Task ReadsAsync(Person person, params string[] lines) => UntilAsync([person.Room], async () => (await person.ReadAsync()).SequenceEqual(lines), $"{person.Name} reading: {string.Join(" | ", lines)}");

    public static string Describe(Room room) =>
        $"{room.Name} {room.Status} length {room.Length} peers {room.PeerCount} members {room.State.Members.Count} epochs {room.State.EpochCount} waits {room.Handler.WaitsFor} failure {room.Base.Failure}";
}
